/*
 * A classifier of sound for small devices: samples in, labelled probabilities out.
 *
 *     static float memory[HEARINGAI_MEMORY_BYTES / sizeof(float)];
 *     float probabilities[HEARINGAI_LABELS];
 *     int label = hearingai_classify(samples, memory, probabilities);
 *     puts(hearingai_labels[label]);
 *
 * C99 and its mathematical library, nothing else. hearingai_model.h tells the sample rate and all
 * other settings, hearingai_model.c holds the network as a LiteRT file.
 *
 * With TensorFlow Lite Micro, leave out hearingai_network.c and hearingai_steps.c: give it
 * hearingai_model, write hearingai_features() to its input, and hand its output to
 * hearingai_probabilities(). Its arena holds its own structures beside the HEARINGAI_ARENA_BYTES of
 * values, and pads images in steps of their own: give it twice as much, then what
 * arena_used_bytes() says.
 */
#ifndef HEARINGAI_H
#define HEARINGAI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "hearingai_model.h"

/* Values of an image: frames by mel bands. */
#define HEARINGAI_IMAGE (HEARINGAI_FRAMES * HEARINGAI_MELS)

/* Working memory of hearingai_classify(): of the network, or of an image in float before. */
#define HEARINGAI_MEMORY_BYTES (4 + HEARINGAI_LARGER(HEARINGAI_ARENA_BYTES, 4 * HEARINGAI_IMAGE))
#define HEARINGAI_LARGER(a, b) ((a) > (b) ? (a) : (b))

/*
 * Classify a clip of HEARINGAI_SAMPLES samples.
 *
 * memory: HEARINGAI_MEMORY_BYTES, aligned for float; its content is lost.
 * probabilities: HEARINGAI_LABELS values.
 * Returns the most probable label, a place in hearingai_labels.
 */
int hearingai_classify(const int16_t *samples, void *memory, float *probabilities);

/*
 * What a clip of a stream is reported as, by the thresholds of annotate().
 *
 * probabilities: those of hearingai_classify(); afterwards they are weighed by
 * hearingai_stream_odds, as they are in a stream.
 * Returns the most probable label that reaches its threshold, or -1: none does.
 */
int hearingai_detect(float *probabilities);

/*
 * The front end: the image that the network takes. It has 8 * HEARINGAI_FFT_SIZE bytes of its own.
 *
 * work: HEARINGAI_IMAGE values. image: as many; it may begin where work does.
 */
void hearingai_features(const int16_t *samples, float *work, int8_t *image);

/*
 * The network, by reference: integer for integer what TensorFlow Lite Micro computes.
 *
 * arena: HEARINGAI_ARENA_BYTES, which begin with the image.
 * Returns HEARINGAI_OUTPUTS logits, within the arena.
 */
const int8_t *hearingai_network(int8_t *arena);

/* The probabilities, in float, of the network's logits. */
void hearingai_probabilities(const int8_t *logits, float *probabilities);

#ifdef __cplusplus
}
#endif

#endif
