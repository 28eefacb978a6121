/* SPDX-License-Identifier: MIT */
/* Vectors of 16 floats in one AVX-512 register. v16_scalar.h defines what each operation means.
 * Needs AVX-512 F, DQ, BW and VL, and FMA; for V16_BYTE_DOT also AVX-512 VNNI. */
#ifndef TJ_SIMD_V16_AVX512_H
#define TJ_SIMD_V16_AVX512_H

#ifndef V16_BYTE_DOT
#error "the including file must say whether its table has dpbusd of AVX-512 VNNI: 1 or 0"
#endif

#include <immintrin.h>
#include <sleef.h>
#include <stdint.h>
#include <string.h>

typedef __m512 v16;

static inline v16 v_load(const float *p) { return _mm512_load_ps(p); }
static inline v16 v_loadu(const float *p) { return _mm512_loadu_ps(p); }
static inline v16 v_abs(v16 a) { return _mm512_abs_ps(a); }
static inline v16 v_set1(float x) { return _mm512_set1_ps(x); }
static inline v16 v_add(v16 a, v16 b) { return _mm512_add_ps(a, b); }
static inline v16 v_sub(v16 a, v16 b) { return _mm512_sub_ps(a, b); }
static inline v16 v_mul(v16 a, v16 b) { return _mm512_mul_ps(a, b); }
static inline v16 v_div(v16 a, v16 b) { return _mm512_div_ps(a, b); }
static inline v16 v_sqrt(v16 a) { return _mm512_sqrt_ps(a); }
static inline v16 v_log(v16 a) { return Sleef_finz_logf16_u10avx512f(a); }
static inline v16 v_fma(v16 a, v16 b, v16 c) { return _mm512_fmadd_ps(a, b, c); }

static inline v16 v_clamp(v16 a, v16 most)
{
	v16 least = _mm512_sub_ps(_mm512_setzero_ps(), most);
	return _mm512_max_ps(least, _mm512_min_ps(most, a));
}

static inline v16 v_add_exponent(v16 a, v16 n)
{
	__m512i shifted = _mm512_slli_epi32(_mm512_castps_si512(n), 23);
	return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), shifted));
}

static inline void v_store(float *p, v16 a) { _mm512_store_ps(p, a); }

static inline unsigned v_gt_mask(v16 a, v16 b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }

static inline v16 v_gt_select(v16 a, v16 b, v16 x, v16 y)
{
	return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), y, x);
}

static inline float v_sum(v16 a)
{
	__m256 s8 = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
	__m128 s4 = _mm_add_ps(_mm256_castps256_ps128(s8), _mm256_extractf128_ps(s8, 1));
	__m128 s2 = _mm_add_ps(s4, _mm_movehl_ps(s4, s4));
	return _mm_cvtss_f32(_mm_add_ss(s2, _mm_movehdup_ps(s2)));
}

static inline float v_largest(v16 a)
{
	__m256 m8 = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
	__m128 m4 = _mm_max_ps(_mm256_castps256_ps128(m8), _mm256_extractf128_ps(m8, 1));
	__m128 m2 = _mm_max_ps(m4, _mm_movehl_ps(m4, m4));
	return _mm_cvtss_f32(_mm_max_ss(m2, _mm_movehdup_ps(m2)));
}

static inline v16 v_of_ints(const int32_t *p, int32_t less)
{
	return _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_load_si512(p), _mm512_set1_epi32(less)));
}

typedef __m512i iv;
enum { IV_PARTS = 1 };
static inline iv iv_zero(void) { return _mm512_setzero_si512(); }
static inline void iv_store(int32_t *p, iv x) { _mm512_store_si512(p, x); }

#if V16_BYTE_DOT
typedef int8_t i8_input;
typedef __m512i iw, ia;

static inline void v_round(v16 a, i8_input *p)
{
	_mm_store_si128((__m128i *)p, _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(a)));
}

static inline iw iw_load(const uint8_t *p) { return _mm512_load_si512(p); }

static inline ia ia_load(const i8_input *p)
{
	int32_t four;
	memcpy(&four, p, sizeof four);
	return _mm512_set1_epi32(four);
}

static inline void iv_apart(iv *sum, ia *a) { __asm__("" : "+v"(*sum), "+v"(*a)); }

/* Inline assembly: with the builtin, gcc 12 copies the sums around when they are an array. */
static inline iv iv_dot(iv sum, iw w, ia a)
{
	__asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(w), "v"(a));
	return sum;
}

static inline int32_t inputs_sum(const i8_input *p, size_t n)
{
	__m512i sum = _mm512_setzero_si512();
	const __m512i flip = _mm512_set1_epi8(-128); /* sad_epu8 sums unsigned bytes only */
	for (size_t i = 0; i < n; i += 64) {
		__m512i a = _mm512_xor_si512(_mm512_load_si512(p + i), flip);
		sum = _mm512_add_epi64(sum, _mm512_sad_epu8(a, _mm512_setzero_si512()));
	}
	return (int32_t)_mm512_reduce_add_epi64(sum) - 128 * (int32_t)n;
}
#else
/* 16-bit words, as in v16_avx2.h. */
typedef int16_t i8_input;
typedef struct {
	__m512i even, odd;
} iw, ia;

static inline void v_round(v16 a, i8_input *p)
{
	__m256i x = _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(a));
	x = _mm256_shufflelo_epi16(x, _MM_SHUFFLE(3, 1, 2, 0));
	_mm256_store_si256((__m256i *)p, _mm256_shufflehi_epi16(x, _MM_SHUFFLE(3, 1, 2, 0)));
}

static inline iw iw_load(const uint8_t *p)
{
	__m512i w = _mm512_load_si512(p);
	return (iw){ _mm512_srai_epi16(_mm512_slli_epi16(w, 8), 8), _mm512_srai_epi16(w, 8) };
}

static inline ia ia_load(const i8_input *p)
{
	int32_t even, odd;
	memcpy(&even, p, sizeof even);
	memcpy(&odd, p + 2, sizeof odd);
	return (ia){ _mm512_set1_epi32(even), _mm512_set1_epi32(odd) };
}

static inline void iv_apart(iv *sum, ia *a)
{
	__asm__("" : "+v"(*sum), "+v"(a->even), "+v"(a->odd));
}

static inline iv iv_dot(iv sum, iw w, ia a)
{
	sum = _mm512_add_epi32(sum, _mm512_madd_epi16(w.even, a.even));
	return _mm512_add_epi32(sum, _mm512_madd_epi16(w.odd, a.odd));
}
#endif

typedef __m512 nv;
enum { NV_FLOATS = 16 };
static inline nv nv_load(const float *p) { return _mm512_load_ps(p); }
static inline nv nv_set1(const float *p) { return _mm512_set1_ps(*p); }
static inline nv nv_fma(nv a, nv b, nv c) { return _mm512_fmadd_ps(a, b, c); }
static inline void nv_store(float *p, nv a) { _mm512_store_ps(p, a); }
static inline void nv_use(nv a) { __asm__ volatile("" : : "v"(a)); }

#endif
