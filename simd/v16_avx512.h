/* SPDX-License-Identifier: MIT */
/* Sixteen floats as one AVX-512 register; what each operation means stands in
 * v16_scalar.h. */
#ifndef TJ_SIMD_V16_AVX512_H
#define TJ_SIMD_V16_AVX512_H

#if !defined(__AVX512F__) || !defined(__AVX512DQ__)
#error "compile with -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma"
#endif

#include <immintrin.h>
#include <sleef.h>

typedef __m512 v16;

static inline v16 v_load(const float *p) { return _mm512_load_ps(p); }
static inline v16 v_set1(float x) { return _mm512_set1_ps(x); }
static inline v16 v_add(v16 a, v16 b) { return _mm512_add_ps(a, b); }
static inline v16 v_sub(v16 a, v16 b) { return _mm512_sub_ps(a, b); }
static inline v16 v_mul(v16 a, v16 b) { return _mm512_mul_ps(a, b); }
static inline v16 v_div(v16 a, v16 b) { return _mm512_div_ps(a, b); }
static inline v16 v_sqrt(v16 a) { return _mm512_sqrt_ps(a); }
static inline v16 v_fma(v16 a, v16 b, v16 c) { return _mm512_fmadd_ps(a, b, c); }
static inline v16 v_exp(v16 a) { return Sleef_finz_expf16_u10avx512f(a); }
static inline v16 v_tanh(v16 a) { return Sleef_finz_tanhf16_u10avx512f(a); }
static inline void v_store(float *p, v16 a) { _mm512_store_ps(p, a); }

static inline unsigned v_gt_mask(v16 a, v16 b)
{
	return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}

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

typedef __m512 nv;
enum { NV_FLOATS = 16 };
static inline nv nv_load(const float *p) { return _mm512_load_ps(p); }
static inline nv nv_set1(const float *p) { return _mm512_set1_ps(*p); }
static inline nv nv_fma(nv a, nv b, nv c) { return _mm512_fmadd_ps(a, b, c); }
static inline void nv_store(float *p, nv a) { _mm512_store_ps(p, a); }

#endif
