/**
 * Runs JMH and believes nothing it does not see: one {@link org.openjdk.jmh.runner.Runner} for each trial, trials in
 * rounds so that a machine's drift meets all paths alike, and what came back compared with what was asked for. {@link
 * dev.brew.delivery.suite.RegressRun} runs trials of two jars in pairs, each as a child process, so that nothing of
 * the jars under test is loaded here.
 */
package dev.brew.delivery.suite;
