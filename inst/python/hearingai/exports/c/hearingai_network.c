/*
 * The network, by reference: clear, not fast. Integers are rounded as by TensorFlow Lite Micro.
 * Negative integers are shifted to the right arithmetically, as all usual compilers do.
 */
#include "hearingai_steps.h"

/* x * multiplier / 2^31 * 2^shift, rounded twice. */
static int32_t scaled(int32_t x, int32_t multiplier, int shift)
{
    const int64_t product = (int64_t)x * (shift > 0 ? 1 << shift : 1) * multiplier;
    const int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
    const int32_t high = (int32_t)((product + nudge) / ((int64_t)1 << 31));
    const int right = shift > 0 ? 0 : -shift;
    const int32_t mask = (int32_t)(((int64_t)1 << right) - 1);
    return (high >> right) + ((high & mask) > (mask >> 1) + (high < 0));
}

static int8_t limited(const hearingai_step *s, int32_t x)
{
    x += s->output_zero;
    return (int8_t)(x < s->low ? s->low : x > s->high ? s->high : x);
}

static int32_t bias(const hearingai_step *s, int channel)
{
    const unsigned char *b = hearingai_model + s->bias + 4 * channel; /* little-endian */
    if (s->bias < 0)
        return 0;
    return (int32_t)(b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
}

/* The sum of products of a filter with the image around a place. */
static int32_t product(const hearingai_step *s, const int8_t *in, const int8_t *w, int y, int x)
{
    int32_t sum = 0;
    int i, j, k;
    for (i = 0; i < s->tall; i++) {
        const int row = y * s->down - s->above + i;
        for (j = 0; j < s->wide; j++, w += s->depth) {
            const int column = x * s->right - s->before + j;
            const int8_t *value = in + (row * s->width + column) * s->depth;
            if (row < 0 || row >= s->height || column < 0 || column >= s->width)
                continue;
            for (k = 0; k < s->depth; k++)
                sum += w[k] * (value[k] - s->zero);
        }
    }
    return sum;
}

/* A convolution; a dense layer is one of an image of a single place. */
static void convolve(const hearingai_step *s, const int8_t *in, int8_t *out)
{
    const int8_t *weights = (const int8_t *)(hearingai_model + s->weights);
    const int size = s->tall * s->wide * s->depth;
    int y, x, c;
    for (y = 0; y < s->out_height; y++)
        for (x = 0; x < s->out_width; x++)
            for (c = 0; c < s->out_depth; c++) {
                const int32_t sum = product(s, in, weights + c * size, y, x) + bias(s, c);
                *out++ = limited(s, scaled(sum, s->multipliers[c], s->shifts[c]));
            }
}

/* The average around a place, over what lies within the image. */
static int32_t average(const hearingai_step *s, const int8_t *in, int y, int x, int c)
{
    int32_t sum = 0, n = 0;
    int i, j;
    for (i = 0; i < s->tall; i++)
        for (j = 0; j < s->wide; j++) {
            const int row = y * s->down - s->above + i, column = x * s->right - s->before + j;
            if (row < 0 || row >= s->height || column < 0 || column >= s->width)
                continue;
            sum += in[(row * s->width + column) * s->depth + c];
            n++;
        }
    return (sum >= 0 ? sum + n / 2 : sum - n / 2) / n;
}

static void pool(const hearingai_step *s, const int8_t *in, int8_t *out)
{
    int y, x, c;
    for (y = 0; y < s->out_height; y++)
        for (x = 0; x < s->out_width; x++)
            for (c = 0; c < s->depth; c++)
                *out++ = limited(s, average(s, in, y, x, c) - s->output_zero);
}

/* The mean over all places. */
static void mean(const hearingai_step *s, const int8_t *in, int8_t *out)
{
    int i, c;
    for (c = 0; c < s->depth; c++) {
        int32_t sum = 0;
        for (i = 0; i < s->height * s->width; i++)
            sum += in[i * s->depth + c] - s->zero;
        out[c] = limited(s, scaled(sum, s->multipliers[0], s->shifts[0]));
    }
}

static void add(const hearingai_step *s, const int8_t *in, const int8_t *other, int8_t *out)
{
    int i;
    for (i = 0; i < s->height * s->width * s->depth; i++) {
        const int32_t a = (in[i] - s->zero) * (1 << 20);
        const int32_t b = (other[i] - s->other_zero) * (1 << 20);
        const int32_t sum = scaled(a, s->multipliers[0], s->shifts[0]) +
                            scaled(b, s->multipliers[1], s->shifts[1]);
        out[i] = limited(s, scaled(sum, s->multipliers[2], s->shifts[2]));
    }
}

const int8_t *hearingai_network(int8_t *arena)
{
    const int8_t *logits = arena;
    int i;
    for (i = 0; i < hearingai_n_steps; i++) {
        const hearingai_step *s = &hearingai_steps[i];
        const int8_t *in = arena + s->input;
        int8_t *out = arena + s->output;
        if (s->kind == HEARINGAI_CONVOLUTION)
            convolve(s, in, out);
        else if (s->kind == HEARINGAI_AVERAGE)
            pool(s, in, out);
        else if (s->kind == HEARINGAI_MEAN)
            mean(s, in, out);
        else
            add(s, in, arena + s->other, out);
        logits = out;
    }
    return logits;
}

int hearingai_classify(const int16_t *samples, void *memory, float *probabilities)
{
    int i, best = 0;
    hearingai_features(samples, (float *)memory, (int8_t *)memory);
    hearingai_probabilities(hearingai_network((int8_t *)memory), probabilities);
    for (i = 1; i < HEARINGAI_LABELS; i++)
        best = probabilities[i] > probabilities[best] ? i : best;
    return best;
}
