/**
 * The parts that several rows of the decision matrix share: {@link dev.brew.delivery.scenario.harness.Scenario} with
 * its claim and verdict, {@link dev.brew.delivery.scenario.harness.ExperimentContext}, the processes that experiments
 * kill, and the files that survive a kill.
 */
package dev.brew.delivery.scenario.harness;
