// From a scene to a picture.

#ifndef TESTDATA_PROGRAMS_RAYTRACER_RENDER_H_
#define TESTDATA_PROGRAMS_RAYTRACER_RENDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "testdata/programs/raytracer/scene.h"

namespace raytracer {

struct Camera {
  Vec position;
  Vec target;
  double field_of_view = 0.8;  // of the picture's height, in radians
};

// A picture with rows from top to bottom and three floats (red, green, blue)
// per pixel, linear in light.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<float> samples;

  // Returns the pixel's color as bytes, with the gamma of 2.2.
  void GetBytes(int x, int y, uint8_t rgb[3]) const;

  // Returns the pixel's brightness from 0 to 1, linear in light.
  float Brightness(int x, int y) const;
};

struct RayCounts {
  long long primary = 0;
  long long shadow = 0;
  long long mirrored = 0;
  long long refracted = 0;
};

// Renders with `grid` * `grid` rays per pixel.
// REQUIRES: all counts are positive.
Picture Render(const Scene& scene, const Camera& camera, int width, int height,
               int grid, RayCounts* counts);

// Returns the picture as a binary PPM file.
std::string ToPpm(const Picture& picture);

}  // namespace raytracer

#endif  // TESTDATA_PROGRAMS_RAYTRACER_RENDER_H_
