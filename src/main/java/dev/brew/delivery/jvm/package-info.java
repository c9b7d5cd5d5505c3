/**
 * One child JVM: {@link dev.brew.delivery.jvm.JvmArguments} is what the user says of this JVM and decides which of it each
 * kind of child gets; {@link dev.brew.delivery.jvm.ChildJvm} makes the command line and the process of it;
 * {@link dev.brew.delivery.jvm.ParentWatch} ends it with its parent.
 */
package dev.brew.delivery.jvm;
