package dev.brew.delivery.path.grpc;

import dev.brew.delivery.text.Reason;
import dev.brew.delivery.tls.Tls;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLException;

/** Netty's TLS contexts for both sides of a call. They use the JDK's TLS implementation, as Kafka does. */
final class GrpcTls {

    private GrpcTls() {
    }

    static SslContext server(Tls tls) {
        SslContextBuilder builder = SslContextBuilder.forServer(pem(tls.server().certificate()), pem(tls.server().key()))
                .trustManager(pem(tls.authority()))
                .clientAuth(tls.mode() == Tls.Mode.MUTUAL ? ClientAuth.REQUIRE : ClientAuth.NONE);
        return build(builder);
    }

    static SslContext client(Tls tls) {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(pem(tls.authority()));
        if (tls.mode() == Tls.Mode.MUTUAL) {
            builder.keyManager(pem(tls.client().certificate()), pem(tls.client().key()));
        }
        return build(builder);
    }

    private static SslContext build(SslContextBuilder builder) {
        try {
            return GrpcSslContexts.configure(builder, SslProvider.JDK).protocols(Tls.PROTOCOL)
                    .ciphers(List.of(Tls.CIPHER)).build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up: " + Reason.of(e), e);
        }
    }

    private static InputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
