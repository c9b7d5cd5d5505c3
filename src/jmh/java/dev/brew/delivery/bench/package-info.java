/**
 * The JMH benchmarks and their states; a state translates parameters into types, and {@code rig} builds the rest.
 *
 * <p>A closed-loop benchmark measures how long one event takes on an otherwise idle system: one operation is one event,
 * from its sign-up time until it is over ({@code completed}). An open-loop benchmark offers events at a rate: its score
 * is the achieved rate, and its latencies are in the trial's files.
 *
 * <p>In a block, {@link dev.brew.delivery.bench.OpenRows} keeps the path of each row open from slice to slice. Otherwise a
 * state opens its path for one trial, and warms it up until it has settled.
 */
package dev.brew.delivery.bench;
