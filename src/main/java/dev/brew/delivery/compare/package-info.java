/**
 * Two sets of trials in, a verdict out. {@link dev.brew.delivery.compare.TrialSet} reads run directories,
 * {@link dev.brew.delivery.compare.Rule} judges one metric by the exact Mann-Whitney test,
 * {@link dev.brew.delivery.compare.Comparison} is the outcome and {@link dev.brew.delivery.compare.ComparisonFiles} its
 * files; {@link dev.brew.delivery.compare.Calibration} finds a machine's margin, and
 * {@link dev.brew.delivery.compare.History} the point of change in many runs. Nothing here starts a process.
 */
package dev.brew.delivery.compare;
