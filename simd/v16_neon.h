/* SPDX-License-Identifier: MIT */
/* Vectors of 16 floats in four NEON registers. v16_scalar.h defines what each operation means.
 * Needs AArch64, where NEON has fused multiply-add and division; for V16_BYTE_DOT 1 also the dot
 * products of ARMv8.2, for 2 the byte matrix products of ARMv8.6 (FEAT_I8MM). */
#ifndef TJ_SIMD_V16_NEON_H
#define TJ_SIMD_V16_NEON_H

#ifndef V16_BYTE_DOT
#error "the including file must say which products of bytes its table has: 0, 1 or 2"
#endif

#include <arm_neon.h>
#include <sleef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	float32x4_t q[4];
} v16;

#define EACH(expression) \
	v16 r; \
	for (int j = 0; j < 4; j++) \
		r.q[j] = (expression); \
	return r

static inline v16 v_load(const float *p) { EACH(vld1q_f32(p + 4 * j)); }
static inline v16 v_loadu(const float *p) { EACH(vld1q_f32(p + 4 * j)); }
static inline v16 v_abs(v16 a) { EACH(vabsq_f32(a.q[j])); }
static inline v16 v_set1(float x) { EACH(vdupq_n_f32(x)); }
static inline v16 v_add(v16 a, v16 b) { EACH(vaddq_f32(a.q[j], b.q[j])); }
static inline v16 v_sub(v16 a, v16 b) { EACH(vsubq_f32(a.q[j], b.q[j])); }
static inline v16 v_mul(v16 a, v16 b) { EACH(vmulq_f32(a.q[j], b.q[j])); }
static inline v16 v_div(v16 a, v16 b) { EACH(vdivq_f32(a.q[j], b.q[j])); }
static inline v16 v_sqrt(v16 a) { EACH(vsqrtq_f32(a.q[j])); }
static inline v16 v_log(v16 a) { EACH(Sleef_finz_logf4_u10advsimd(a.q[j])); }
static inline v16 v_fma(v16 a, v16 b, v16 c) { EACH(vfmaq_f32(c.q[j], a.q[j], b.q[j])); }

static inline v16 v_clamp(v16 a, v16 most)
{
	EACH(vmaxq_f32(vnegq_f32(most.q[j]), vminq_f32(most.q[j], a.q[j])));
}

static inline float32x4_t add_exponent_(float32x4_t a, float32x4_t n)
{
	int32x4_t shifted = vshlq_n_s32(vreinterpretq_s32_f32(n), 23);
	return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(a), shifted));
}

static inline v16 v_add_exponent(v16 a, v16 n) { EACH(add_exponent_(a.q[j], n.q[j])); }

static inline v16 v_gt_select(v16 a, v16 b, v16 x, v16 y)
{
	EACH(vbslq_f32(vcgtq_f32(a.q[j], b.q[j]), x.q[j], y.q[j]));
}

#undef EACH

static inline void v_store(float *p, v16 a)
{
	for (int j = 0; j < 4; j++)
		vst1q_f32(p + 4 * j, a.q[j]);
}

static inline unsigned v_gt_mask(v16 a, v16 b)
{
	static const uint32_t bits[4] = { 1, 2, 4, 8 };
	uint32x4_t weight = vld1q_u32(bits);
	unsigned mask = 0;
	for (int j = 0; j < 4; j++)
		mask |= vaddvq_u32(vandq_u32(vcgtq_f32(a.q[j], b.q[j]), weight)) << 4 * j;
	return mask;
}

/* Fold 16 lanes to 8, 4, 2, 1: add lane i + half to lane i. */
static inline float v_sum(v16 a)
{
	float32x4_t s4 = vaddq_f32(vaddq_f32(a.q[0], a.q[2]), vaddq_f32(a.q[1], a.q[3]));
	float32x2_t s2 = vadd_f32(vget_low_f32(s4), vget_high_f32(s4));
	return vget_lane_f32(s2, 0) + vget_lane_f32(s2, 1);
}

/* Not vmaxq: with NaN it gives NaN, but the other instruction sets give the second operand. */
static inline float32x4_t larger_(float32x4_t a, float32x4_t b)
{
	return vbslq_f32(vcgtq_f32(a, b), a, b);
}

static inline float v_largest(v16 a)
{
	float32x4_t m4 = larger_(larger_(a.q[0], a.q[2]), larger_(a.q[1], a.q[3]));
	float32x2_t low = vget_low_f32(m4), high = vget_high_f32(m4);
	float32x2_t m2 = vbsl_f32(vcgt_f32(low, high), low, high);
	float x = vget_lane_f32(m2, 0), y = vget_lane_f32(m2, 1);
	return x > y ? x : y;
}

static inline v16 v_of_ints(const int32_t *p, int32_t less)
{
	v16 r;
	for (int j = 0; j < 4; j++)
		r.q[j] = vcvtq_f32_s32(vsubq_s32(vld1q_s32(p + 4 * j), vdupq_n_s32(less)));
	return r;
}

typedef int8_t i8_input;

static inline void v_round(v16 a, i8_input *p)
{
	int16x4_t words[4];
	for (int j = 0; j < 4; j++)
		words[j] = vqmovn_s32(vcvtnq_s32_f32(a.q[j]));
	vst1_s8(p, vqmovn_s16(vcombine_s16(words[0], words[1])));
	vst1_s8(p + 8, vqmovn_s16(vcombine_s16(words[2], words[3])));
}

typedef int32x4_t iv;
typedef int8x16_t iw, ia; /* iw: four k of four columns; ia: four k of a row, four times; with
                             V16_BYTE_DOT 2 eight k of two columns and of two rows */
enum { IV_PARTS = 4 };
static inline iv iv_zero(void) { return vdupq_n_s32(0); }
static inline iw iw_load(const uint8_t *p) { return vreinterpretq_s8_u8(vld1q_u8(p)); }
static inline void iv_store(int32_t *p, iv x) { vst1q_s32(p, x); }

static inline ia ia_load(const i8_input *p)
{
	int32_t four;
	memcpy(&four, p, sizeof four);
	return vreinterpretq_s8_s32(vdupq_n_s32(four));
}

static inline void iv_apart(iv *sum, ia *a) { __asm__("" : "+w"(*sum), "+w"(*a)); }

#if V16_BYTE_DOT == 2
/* Inline assembly: with the builtin, gcc 12 copies the sums around when they are an array. */
static inline iv iv_dot(iv sum, iw w, ia a)
{
	__asm__("smmla %0.4s, %1.16b, %2.16b" : "+w"(sum) : "w"(a), "w"(w));
	return sum;
}

static inline ia ia_low(const i8_input *p, const i8_input *q)
{
	int64x2_t x = vreinterpretq_s64_s8(vld1q_s8(p)), y = vreinterpretq_s64_s8(vld1q_s8(q));
	return vreinterpretq_s8_s64(vzip1q_s64(x, y));
}

static inline ia ia_high(const i8_input *p, const i8_input *q)
{
	int64x2_t x = vreinterpretq_s64_s8(vld1q_s8(p)), y = vreinterpretq_s64_s8(vld1q_s8(q));
	return vreinterpretq_s8_s64(vzip2q_s64(x, y));
}

static inline iv iv_first(iv x, iv y) { return vcombine_s32(vget_low_s32(x), vget_low_s32(y)); }

static inline iv iv_second(iv x, iv y) { return vcombine_s32(vget_high_s32(x), vget_high_s32(y)); }
#elif V16_BYTE_DOT
static inline iv iv_dot(iv sum, iw w, ia a) { return vdotq_s32(sum, w, a); }
#else
static inline iv iv_dot(iv sum, iw w, ia a)
{
	int16x8_t lo = vmull_s8(vget_low_s8(w), vget_low_s8(a));
	int16x8_t hi = vmull_s8(vget_high_s8(w), vget_high_s8(a));
	return vaddq_s32(sum, vpaddq_s32(vpaddlq_s16(lo), vpaddlq_s16(hi)));
}
#endif

typedef float32x4_t nv;
enum { NV_FLOATS = 4 };
static inline nv nv_load(const float *p) { return vld1q_f32(p); }
static inline nv nv_set1(const float *p) { return vld1q_dup_f32(p); }
static inline nv nv_fma(nv a, nv b, nv c) { return vfmaq_f32(c, a, b); }
static inline void nv_store(float *p, nv a) { vst1q_f32(p, a); }
static inline void nv_use(nv a) { __asm__ volatile("" : : "w"(a)); }

#endif
