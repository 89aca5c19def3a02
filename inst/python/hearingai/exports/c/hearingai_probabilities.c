/* From logits to probabilities, in float: in 8 bits they would have steps of 1/256. */
#include <math.h>

#include "hearingai.h"

void hearingai_probabilities(const int8_t *logits, float *probabilities)
{
    float total = 0.0f, value;
    int i, most = 0;
    for (i = 1; i < HEARINGAI_OUTPUTS; i++)
        most = logits[i] > logits[most] ? i : most;
    for (i = 0; i < HEARINGAI_LABELS; i++)
        probabilities[i] = 0.0f;
    for (i = 0; i < HEARINGAI_OUTPUTS; i++) {
        value = expf(HEARINGAI_OUTPUT_SCALE * (float)(logits[i] - logits[most]));
        probabilities[hearingai_label_of[i]] += value;
        total += value;
    }
    for (i = 0; i < HEARINGAI_LABELS; i++)
        probabilities[i] /= total;
}

int hearingai_detect(float *probabilities)
{
    float total = 0.0f;
    int i, found = -1;
    for (i = 0; i < HEARINGAI_LABELS; i++) {
        probabilities[i] *= hearingai_stream_odds[i];
        total += probabilities[i];
    }
    for (i = 0; i < HEARINGAI_LABELS; i++) {
        probabilities[i] /= total;
        if (probabilities[i] >= hearingai_thresholds[i]
            && (found < 0 || probabilities[i] > probabilities[found]))
            found = i;
    }
    return found;
}
