package dev.brew.delivery.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Draws a chart as PNG, at twice its display size. It needs fonts and no display. */
final class ImagePen implements Drawing.Pen {

    private static final int SCALE = 2;
    private static final String NO_FONTS = "PNG needs fonts, and this machine has none that Java finds (Debian: apt-get "
            + "install libfontconfig1 libfreetype6 fonts-dejavu-core); SVG and the page need none";

    private static final ThreadLocal<BufferedImage> PAPER = new ThreadLocal<>();

    private final Graphics2D graphics;

    private ImagePen(Graphics2D graphics) {
        this.graphics = graphics;
    }

    /** This machine has no fonts; the message names the packages to install. */
    static final class NoFontsException extends Exception {
        private static final long serialVersionUID = 1;

        NoFontsException(Throwable cause) {
            super(NO_FONTS + " (" + cause + ")", cause);
        }
    }

    static byte[] draw(Chart chart) throws IOException, NoFontsException {
        Drawing drawing = new Drawing(chart);
        BufferedImage image = paper(SCALE * Drawing.WIDTH, SCALE * drawing.height());
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.scale(SCALE, SCALE);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            drawing.draw(new ImagePen(graphics));
        } catch (LinkageError | InternalError | RuntimeException e) { // missing fonts, depending on the JDK
            throw new NoFontsException(e);
        } finally {
            graphics.dispose();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** A part of this thread's image, which has several megabytes: a report has dozens of charts. */
    private static BufferedImage paper(int width, int height) {
        BufferedImage paper = PAPER.get();
        if (paper == null || paper.getHeight() < height) {
            paper = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            PAPER.set(paper);
        }
        WritableRaster part = paper.getRaster().createWritableChild(0, 0, width, height, 0, 0, null);
        return new BufferedImage(paper.getColorModel(), part, false, null) {
            /** No copy: the PNG writer asks for every row, and nothing is drawn meanwhile. */
            @Override
            public Raster getData(Rectangle rows) {
                return part.createChild(rows.x, rows.y, rows.width, rows.height, rows.x, rows.y, null);
            }
        };
    }

    @Override
    public void line(double[] xs, double[] ys, String colour, double width, int[] dash) {
        Path2D path = new Path2D.Double();
        path.moveTo(xs[0], ys[0]);
        for (int i = 1; i < xs.length; i++) {
            path.lineTo(xs[i], ys[i]);
        }
        float[] dashes = new float[dash.length];
        for (int i = 0; i < dash.length; i++) {
            dashes[i] = dash[i];
        }
        graphics.setColor(Color.decode(colour));
        graphics.setStroke(new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10,
                dashes.length == 0 ? null : dashes, 0));
        graphics.draw(path);
    }

    @Override
    public void fill(double x, double y, double width, double height, String colour) {
        graphics.setColor(Color.decode(colour));
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void mark(int shape, double x, double y, String colour) {
        Path2D path = new Path2D.Double();
        double[][] corners = Marks.corners(shape);
        path.moveTo(x + corners[0][0], y + corners[0][1]);
        for (int i = 1; i < corners.length; i++) {
            path.lineTo(x + corners[i][0], y + corners[i][1]);
        }
        path.closePath();
        graphics.setColor(Color.decode(colour));
        graphics.fill(path);
    }

    @Override
    public void text(double x, double y, String text, int size, String anchor, boolean upward) {
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
        graphics.setColor(Color.decode("#222222"));
        double width = graphics.getFontMetrics().stringWidth(text);
        double back = anchor.equals("end") ? width : anchor.equals("middle") ? width / 2 : 0;
        AffineTransform before = graphics.getTransform();
        graphics.translate(x, y);
        if (upward) {
            graphics.rotate(-Math.PI / 2);
        }
        graphics.drawString(text, (float) -back, 0);
        graphics.setTransform(before);
    }
}
