#include "cimages.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

static int say(const char *words, char *message, size_t length) {
  snprintf(message, length, "%s", words);
  return 1;
}

static int is_png(const uint8_t *bytes, size_t count) { return count >= 8 && png_sig_cmp(bytes, 0, 8) == 0; }

static int is_jpeg(const uint8_t *bytes, size_t count) {
  return count >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

static int png(const uint8_t *bytes, size_t count, int *width, int *height, uint8_t *pixels, char *message,
               size_t length) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return say(image.message, message, length);
  *width = (int)image.width;
  *height = (int)image.height;
  if (pixels) {
    const png_color white = {255, 255, 255};
    // Else 16-bit samples are taken for linear light.
    image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    image.format = PNG_FORMAT_RGB;
    // A warning is of an image that is not as it was written.
    if (!png_image_finish_read(&image, &white, pixels, 0, NULL)) return say(image.message, message, length);
  }
  png_image_free(&image);
  return 0;
}

struct errors {
  struct jpeg_error_mgr base;
  jmp_buf place;
  char text[JMSG_LENGTH_MAX];
};

static void leave(j_common_ptr info) {
  struct errors *errors = (struct errors *)info->err;
  errors->base.format_message(info, errors->text);
  longjmp(errors->place, 1);
}

// What libjpeg only warns of is a damaged file: it would make up the rest.
static void note(j_common_ptr info, int level) {
  if (level < 0) leave(info);
}

static int jpeg(const uint8_t *bytes, size_t count, int *width, int *height, uint8_t *pixels, char *message,
                size_t length) {
  struct jpeg_decompress_struct info;
  struct errors errors;
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  errors.base.emit_message = note;
  if (setjmp(errors.place)) {
    jpeg_destroy_decompress(&info);
    return say(errors.text, message, length);
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes, (unsigned long)count);
  jpeg_read_header(&info, TRUE);
  *width = (int)info.image_width;
  *height = (int)info.image_height;
  if (pixels) {
    info.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = pixels + (size_t)info.output_scanline * info.output_width * 3;
      jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  return 0;
}

static int read_image(const uint8_t *bytes, size_t count, int *width, int *height, uint8_t *pixels, char *message,
                      size_t length) {
  if (is_png(bytes, count)) return png(bytes, count, width, height, pixels, message, length);
  if (is_jpeg(bytes, count)) return jpeg(bytes, count, width, height, pixels, message, length);
  return say("neither a PNG nor a JPEG image", message, length);
}

int cimages_size(const uint8_t *bytes, size_t count, int *width, int *height, char *message, size_t length) {
  return read_image(bytes, count, width, height, NULL, message, length);
}

int cimages_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, char *message, size_t length) {
  int width, height;
  return read_image(bytes, count, &width, &height, pixels, message, length);
}
