package dev.brew.delivery.path.grpc;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;

/** How gRPC carries calls. gRPC itself selects epoll where it is available, so this project selects each by name. */
public enum GrpcTransport {
    /** TCP through Java's selectors. */
    NIO,
    /** TCP through Netty's native epoll transport on Linux. */
    EPOLL,
    /** No socket: gRPC passes the call on within the JVM, so the figures contain only gRPC itself. */
    INPROCESS;

    /**
     * Reads {@code nio}, {@code epoll} or {@code inprocess}.
     *
     * @throws IllegalArgumentException if it is none of them, or if it is epoll and this machine has no epoll
     */
    public static GrpcTransport parse(String text) {
        for (GrpcTransport transport : values()) {
            if (transport.toString().equals(text)) {
                return transport.requireAvailable();
            }
        }
        throw new IllegalArgumentException("transport must be nio, epoll or inprocess, got '" + text + "'");
    }

    private GrpcTransport requireAvailable() {
        if (this == EPOLL && !Epoll.isAvailable()) {
            throw new IllegalArgumentException("transport epoll is not available here (it needs Linux on x86_64): "
                    + Epoll.unavailabilityCause().getMessage());
        }
        return this;
    }

    EventLoopGroup eventLoops(int threads, String name) {
        IoHandlerFactory handlers = this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    Class<? extends ServerChannel> serverChannel() {
        return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends Channel> channel() {
        return this == EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
