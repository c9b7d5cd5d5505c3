/**
 * One child JVM: {@link dev.brew.delivery.jvm.ChildJvm} makes its command line, with the flags that
 * {@link dev.brew.delivery.jvm.JvmArguments} selects; {@link dev.brew.delivery.jvm.ChildProcess} starts it, gives it
 * its task and reads its output; in the child, {@link dev.brew.delivery.jvm.Parent} receives the task and ends the JVM
 * with its parent.
 */
package dev.brew.delivery.jvm;
