/* SPDX-License-Identifier: MIT */
/* Vectors of 16 floats in two AVX2 registers. v16_scalar.h defines what each operation means. Needs
 * AVX2 and FMA, and for V16_BYTE_DOT also AVX-VNNI. */
#ifndef TJ_SIMD_V16_AVX2_H
#define TJ_SIMD_V16_AVX2_H

#ifndef V16_BYTE_DOT
#error "the including file must say whether its table has dpbusd of AVX-VNNI: 1 or 0"
#endif

#include <immintrin.h>
#include <sleef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	__m256 lo, hi;
} v16;

static inline v16 v_of(__m256 lo, __m256 hi) { return (v16){ lo, hi }; }
static inline v16 v_load(const float *p) { return v_of(_mm256_load_ps(p), _mm256_load_ps(p + 8)); }
static inline v16 v_loadu(const float *p)
{
	return v_of(_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8));
}
static inline v16 v_abs(v16 a)
{
	const __m256 sign = _mm256_set1_ps(-0.0f);
	return v_of(_mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi));
}
static inline v16 v_set1(float x) { return v_of(_mm256_set1_ps(x), _mm256_set1_ps(x)); }

#define TWO(op, a, b) v_of(op((a).lo, (b).lo), op((a).hi, (b).hi))
static inline v16 v_add(v16 a, v16 b) { return TWO(_mm256_add_ps, a, b); }
static inline v16 v_sub(v16 a, v16 b) { return TWO(_mm256_sub_ps, a, b); }
static inline v16 v_mul(v16 a, v16 b) { return TWO(_mm256_mul_ps, a, b); }
static inline v16 v_div(v16 a, v16 b) { return TWO(_mm256_div_ps, a, b); }
#undef TWO

static inline v16 v_sqrt(v16 a) { return v_of(_mm256_sqrt_ps(a.lo), _mm256_sqrt_ps(a.hi)); }

static inline v16 v_log(v16 a)
{
	return v_of(Sleef_finz_logf8_u10avx2(a.lo), Sleef_finz_logf8_u10avx2(a.hi));
}

static inline v16 v_fma(v16 a, v16 b, v16 c)
{
	return v_of(_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi));
}

static inline __m256 gt_(__m256 a, __m256 b) { return _mm256_cmp_ps(a, b, _CMP_GT_OQ); }

static inline v16 v_gt_select(v16 a, v16 b, v16 x, v16 y)
{
	return v_of(_mm256_blendv_ps(y.lo, x.lo, gt_(a.lo, b.lo)),
	            _mm256_blendv_ps(y.hi, x.hi, gt_(a.hi, b.hi)));
}

static inline __m256 clamp_(__m256 a, __m256 most)
{
	__m256 least = _mm256_sub_ps(_mm256_setzero_ps(), most);
	return _mm256_max_ps(least, _mm256_min_ps(most, a));
}

static inline v16 v_clamp(v16 a, v16 most)
{
	return v_of(clamp_(a.lo, most.lo), clamp_(a.hi, most.hi));
}

static inline __m256 add_exponent_(__m256 a, __m256 n)
{
	__m256i shifted = _mm256_slli_epi32(_mm256_castps_si256(n), 23);
	return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), shifted));
}

static inline v16 v_add_exponent(v16 a, v16 n)
{
	return v_of(add_exponent_(a.lo, n.lo), add_exponent_(a.hi, n.hi));
}

static inline void v_store(float *p, v16 a)
{
	_mm256_store_ps(p, a.lo);
	_mm256_store_ps(p + 8, a.hi);
}

static inline unsigned v_gt_mask(v16 a, v16 b)
{
	return (unsigned)_mm256_movemask_ps(gt_(a.lo, b.lo)) |
	       (unsigned)_mm256_movemask_ps(gt_(a.hi, b.hi)) << 8;
}

static inline float v_sum(v16 a)
{
	__m256 s8 = _mm256_add_ps(a.lo, a.hi);
	__m128 s4 = _mm_add_ps(_mm256_castps256_ps128(s8), _mm256_extractf128_ps(s8, 1));
	__m128 s2 = _mm_add_ps(s4, _mm_movehl_ps(s4, s4));
	return _mm_cvtss_f32(_mm_add_ss(s2, _mm_movehdup_ps(s2)));
}

/* max_ps(a, b) is a > b ? a : b, so it gives b if either is NaN. */
static inline float v_largest(v16 a)
{
	__m256 m8 = _mm256_max_ps(a.lo, a.hi);
	__m128 m4 = _mm_max_ps(_mm256_castps256_ps128(m8), _mm256_extractf128_ps(m8, 1));
	__m128 m2 = _mm_max_ps(m4, _mm_movehl_ps(m4, m4));
	return _mm_cvtss_f32(_mm_max_ss(m2, _mm_movehdup_ps(m2)));
}

static inline v16 v_of_ints(const int32_t *p, int32_t less)
{
	__m256i by = _mm256_set1_epi32(less);
	__m256i lo = _mm256_load_si256((const __m256i *)p);
	__m256i hi = _mm256_load_si256((const __m256i *)(p + 8));
	return v_of(_mm256_cvtepi32_ps(_mm256_sub_epi32(lo, by)),
	            _mm256_cvtepi32_ps(_mm256_sub_epi32(hi, by)));
}

typedef __m256i iv;
enum { IV_PARTS = 2 };
static inline iv iv_zero(void) { return _mm256_setzero_si256(); }
static inline void iv_store(int32_t *p, iv x) { _mm256_store_si256((__m256i *)p, x); }

/* Round 16 floats to 16-bit words, to nearest even. */
static inline __m256i round_(v16 a)
{
	__m256i x = _mm256_packs_epi32(_mm256_cvtps_epi32(a.lo), _mm256_cvtps_epi32(a.hi));
	return _mm256_permute4x64_epi64(x, _MM_SHUFFLE(3, 1, 2, 0));
}

#if V16_BYTE_DOT
typedef int8_t i8_input;
typedef __m256i iw, ia;

static inline void v_round(v16 a, i8_input *p)
{
	__m256i x = round_(a);
	__m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
	_mm_store_si128((__m128i *)p, bytes);
}

static inline iw iw_load(const uint8_t *p) { return _mm256_load_si256((const __m256i *)p); }

static inline ia ia_load(const i8_input *p)
{
	int32_t four;
	memcpy(&four, p, sizeof four);
	return _mm256_set1_epi32(four);
}

static inline void iv_apart(iv *sum, ia *a) { __asm__("" : "+x"(*sum), "+x"(*a)); }

static inline iv iv_dot(iv sum, iw w, ia a) { return _mm256_dpbusd_epi32(sum, w, a); }

static inline int32_t inputs_sum(const i8_input *p, size_t n)
{
	const __m256i flip = _mm256_set1_epi8(-128); /* sad_epu8 sums unsigned bytes only */
	__m256i sum = _mm256_setzero_si256();
	for (size_t i = 0; i < n; i += 32) {
		__m256i a = _mm256_xor_si256(_mm256_load_si256((const __m256i *)(p + i)), flip);
		sum = _mm256_add_epi64(sum, _mm256_sad_epu8(a, _mm256_setzero_si256()));
	}
	__m128i two = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	return (int32_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1)) - 128 * (int32_t)n;
}
#else
/* Without VNNI there is no product of signed bytes, so multiply 16-bit words. The four k of a row
 * are stored as the words 0, 2, 1, 3; those of a column are split into even and odd as they are
 * loaded. A sum of two products of bytes fits in 32 bits, even with -128. */
typedef int16_t i8_input;
typedef struct {
	__m256i even, odd;
} iw, ia;

static inline void v_round(v16 a, i8_input *p)
{
	__m256i x = _mm256_shufflelo_epi16(round_(a), _MM_SHUFFLE(3, 1, 2, 0));
	_mm256_store_si256((__m256i *)p, _mm256_shufflehi_epi16(x, _MM_SHUFFLE(3, 1, 2, 0)));
}

static inline iw iw_load(const uint8_t *p)
{
	__m256i w = _mm256_load_si256((const __m256i *)p);
	return (iw){ _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), _mm256_srai_epi16(w, 8) };
}

static inline ia ia_load(const i8_input *p)
{
	int32_t even, odd;
	memcpy(&even, p, sizeof even);
	memcpy(&odd, p + 2, sizeof odd);
	return (ia){ _mm256_set1_epi32(even), _mm256_set1_epi32(odd) };
}

static inline void iv_apart(iv *sum, ia *a)
{
	__asm__("" : "+x"(*sum), "+x"(a->even), "+x"(a->odd));
}

static inline iv iv_dot(iv sum, iw w, ia a)
{
	sum = _mm256_add_epi32(sum, _mm256_madd_epi16(w.even, a.even));
	return _mm256_add_epi32(sum, _mm256_madd_epi16(w.odd, a.odd));
}
#endif

typedef __m256 nv;
enum { NV_FLOATS = 8 };
static inline nv nv_load(const float *p) { return _mm256_load_ps(p); }
static inline nv nv_set1(const float *p) { return _mm256_broadcast_ss(p); }
static inline nv nv_fma(nv a, nv b, nv c) { return _mm256_fmadd_ps(a, b, c); }
static inline void nv_store(float *p, nv a) { _mm256_store_ps(p, a); }
static inline void nv_use(nv a) { __asm__ volatile("" : : "x"(a)); }

#endif
