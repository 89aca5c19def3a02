# The R half of `make demo`: opens what Python trained, predicts the same clips, draws the plots.

library(hearingai)

folder <- commandArgs(trailingOnly = TRUE)[1]
classifier <- load_classifier(file.path(folder, "words.keras"))
print(classifier)

by_python <- utils::read.csv(file.path(folder, "predictions.csv"))
predictions <- predict(classifier, by_python$fname)
print(head(predictions[c(".pred_class", paste0(".pred_", classifier$labels))], 5))

gap <- vapply(classifier$labels, function(label) {
  max(abs(predictions[[paste0(".pred_", label)]] - by_python[[paste0("prob_", label)]]))
}, numeric(1))
cat(sprintf(
  "R and Python agree on %d of %d labels; largest difference of a probability: %g\n",
  sum(predictions$.pred_class == by_python$label), nrow(predictions), max(gap)
))

ready <- predict(pretrained("ten-words"), by_python$fname)
cat(sprintf(
  "The classifier in the package labels %d of them so, without training\n",
  sum(ready$.pred_class == by_python$class)
))

first <- read_audio(by_python$fname[1])
counts <- confusion(factor(by_python$class, classifier$labels), predictions$.pred_class)
plots <- list(
  waveform = plot_waveform(first$waveform, first$sample_rate),
  spectrogram = plot_spectrogram(LogSpectrogram()(first$waveform)[1, , , 1]),
  history = plot_history(training_history(classifier)),
  confusion = plot_confusion(counts),
  alluvial = plot_alluvial(counts, min_n = 1)
)
for (name in names(plots)) {
  path <- file.path(folder, paste0(name, "-r.png"))
  ggplot2::ggsave(path, plots[[name]], width = 8, height = 5, dpi = 120)
}
cat(
  "The classifier, its predictions and five plots from each language are in:",
  normalizePath(folder), "\n"
)
