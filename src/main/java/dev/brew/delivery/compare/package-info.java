/**
 * Decides whether one set of trials is slower than another. {@link dev.brew.delivery.compare.TrialSet} reads run
 * directories, {@link dev.brew.delivery.compare.Rule} judges one metric by the exact Mann-Whitney test,
 * {@link dev.brew.delivery.compare.Comparison} is the result, {@link dev.brew.delivery.compare.ComparisonFiles} writes it;
 * {@link dev.brew.delivery.compare.Calibration} finds a machine's margin, and {@link dev.brew.delivery.compare.History} the
 * run at which a level changed. {@link dev.brew.delivery.compare.FiguresComparison} is for runs without trials.
 * {@link dev.brew.delivery.compare.PathComparison} compares the paths of one run, by ratios within its blocks. Nothing here
 * starts a process.
 */
package dev.brew.delivery.compare;
