/* The steps of the network, for hearingai_network.c alone. */
#ifndef HEARINGAI_STEPS_H
#define HEARINGAI_STEPS_H

#include "hearingai.h"

enum { HEARINGAI_CONVOLUTION, HEARINGAI_AVERAGE, HEARINGAI_MEAN, HEARINGAI_ADD };

typedef struct {
    int kind;
    int32_t input, other, output;          /* where they begin in the arena, bytes */
    int32_t height, width, depth;          /* of the input */
    int32_t out_height, out_width, out_depth;
    int32_t tall, wide, down, right;       /* size of a filter, and its stride */
    int32_t above, before;                 /* padding */
    int32_t zero, other_zero, output_zero; /* zero points */
    int32_t low, high;                     /* limits of the output */
    int32_t weights, bias;                 /* where they begin in hearingai_model; bias -1: none */
    const int32_t *multipliers;            /* per channel; of a sum: both inputs, the output */
    const int8_t *shifts;
} hearingai_step;

extern const int hearingai_n_steps;
extern const hearingai_step hearingai_steps[];

#endif
