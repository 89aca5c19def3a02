/* The front end: the normalised logarithm of the mel spectrogram, rounded to 8 bits. */
#include <math.h>

#include "hearingai.h"

#define SIZE HEARINGAI_FFT_SIZE

static float real[SIZE], imaginary[SIZE];

/* A frame, weighted by the window, in the order that transform() takes. */
static void frame(const int16_t *samples)
{
    int i, bit, place = 0;
    for (i = 0; i < SIZE; i++) {
        real[place] = i < HEARINGAI_WINDOW ? samples[i] / 32768.0f * hearingai_window[i] : 0.0f;
        imaginary[i] = 0.0f;
        /* Counts with the bits in reverse. */
        for (bit = SIZE / 2; place & bit; bit /= 2)
            place -= bit;
        place += bit;
    }
}

/* Cooley and Tukey's fast Fourier transform, radix 2, in place. */
static void transform(void)
{
    int half, start, i;
    for (half = 1; half < SIZE; half *= 2) {
        for (start = 0; start < SIZE; start += 2 * half) {
            for (i = start; i < start + half; i++) {
                const int at = (i - start) * (SIZE / 2 / half);
                const float c = hearingai_cosines[at], s = hearingai_sines[at];
                const float x = real[i + half] * c + imaginary[i + half] * s;
                const float y = imaginary[i + half] * c - real[i + half] * s;
                real[i + half] = real[i] - x;
                imaginary[i + half] = imaginary[i] - y;
                real[i] += x;
                imaginary[i] += y;
            }
        }
    }
}

/* The bands of a frame. */
static void bands(float *found)
{
    const float *weight = hearingai_weights;
    int band, i;
    for (i = 0; i <= SIZE / 2; i++) {
        real[i] = real[i] * real[i] + imaginary[i] * imaginary[i];
#if HEARINGAI_POWER == 1
        real[i] = sqrtf(real[i]);
#endif
    }
    for (band = 0; band < HEARINGAI_MELS; band++) {
        const float *bin = real + hearingai_bands[band][0];
        float sum = 0.0f;
        for (i = 0; i < hearingai_bands[band][1]; i++)
            sum += *bin++ * *weight++;
        found[band] = logf(sum + HEARINGAI_OFFSET);
    }
}

#if HEARINGAI_NORMALISED
/* To mean 0 and variance 1: no gain is heard. */
static void normalise(float *values)
{
    double mean = 0.0, square = 0.0;
    float scale;
    int i;
    for (i = 0; i < HEARINGAI_IMAGE; i++)
        mean += values[i];
    mean /= HEARINGAI_IMAGE;
    for (i = 0; i < HEARINGAI_IMAGE; i++)
        square += (values[i] - mean) * (values[i] - mean);
    scale = 1.0f / sqrtf((float)(square / HEARINGAI_IMAGE) + HEARINGAI_EPSILON);
    for (i = 0; i < HEARINGAI_IMAGE; i++)
        values[i] = (values[i] - (float)mean) * scale;
}
#endif

void hearingai_features(const int16_t *samples, float *work, int8_t *image)
{
    int i;
    for (i = 0; i < HEARINGAI_FRAMES; i++) {
        frame(samples + HEARINGAI_FIRST_SAMPLE + i * HEARINGAI_STRIDE);
        transform();
        bands(work + i * HEARINGAI_MELS);
    }
#if HEARINGAI_NORMALISED
    normalise(work);
#endif
    /* In order: a byte is never written before the float at its place is read. */
    for (i = 0; i < HEARINGAI_IMAGE; i++) {
        float value = floorf(work[i] / HEARINGAI_INPUT_SCALE + 0.5f) + HEARINGAI_INPUT_ZERO;
        value = value < -128.0f ? -128.0f : value > 127.0f ? 127.0f : value;
        image[i] = (int8_t)value;
    }
}
