/*
 * Label the clips on standard input, one after the other: mono, 16-bit samples in this machine's
 * byte order, HEARINGAI_SAMPLES of them a clip, at HEARINGAI_SAMPLE_RATE.
 *
 *     cc -std=c99 -O2 *.c -lm -o classify
 *     ./classify < clip.raw
 *     ./classify detect < clip.raw
 *     ./classify features < clip.raw > image.int8
 */
#include <stdio.h>
#include <string.h>

#include "hearingai.h"

static int16_t samples[HEARINGAI_SAMPLES];
static float memory[HEARINGAI_MEMORY_BYTES / sizeof(float)];

int main(int n, char **arguments)
{
    float probabilities[HEARINGAI_LABELS];
    const int features = n > 1 && strcmp(arguments[1], "features") == 0;
    const int detect = n > 1 && strcmp(arguments[1], "detect") == 0;
    while (fread(samples, sizeof samples, 1, stdin) == 1) {
        if (features) {
            hearingai_features(samples, memory, (int8_t *)memory);
            if (fwrite(memory, HEARINGAI_IMAGE, 1, stdout) != 1)
                return 1;
        } else {
            int label = hearingai_classify(samples, memory, probabilities);
            if (detect)
                label = hearingai_detect(probabilities);
            if (label < 0)
                puts("");
            else
                printf("%.6f\t%s\n", probabilities[label], hearingai_labels[label]);
        }
    }
    return 0;
}
