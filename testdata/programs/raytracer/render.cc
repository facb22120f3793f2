// Whitted's recursion (Whitted, "An Improved Illumination Model for Shaded
// Display", 1980) with Schlick's approximation for glass and lamps sampled at
// random places for soft shadows.

#include "testdata/programs/raytracer/render.h"

#include <cstdio>

#include "testdata/programs/common/random.h"

namespace raytracer {
namespace {

constexpr int kMaxDepth = 4;
constexpr int kShadowRays = 3;
constexpr double kNear = 1e-4;
constexpr double kFar = 1e6;

class Tracer {
 public:
  Tracer(const Scene& scene, RayCounts* counts)
      : scene_(scene), counts_(counts) {}

  // Returns the color of the light that comes in against the ray.
  Vec Trace(const Ray& ray, int depth) {
    Hit hit;
    if (!scene_.Nearest(ray, kNear, kFar, &hit)) return Sky(ray.direction);
    const Material& material = hit.shape->material();
    Vec point = ray.At(hit.t);
    Vec outward = hit.shape->NormalAt(point);
    bool inside = Dot(outward, ray.direction) > 0;
    Vec normal = inside ? -outward : outward;
    Vec color = Lit(material, point, normal, ray.direction);
    if (depth == kMaxDepth) return color;
    if (material.mirror > 0) {
      color = color + Mirrored(ray, point, normal, depth) * material.mirror;
    }
    if (material.glass > 0) {
      double ratio = inside ? material.refraction : 1 / material.refraction;
      color = color +
              ThroughGlass(ray, point, normal, ratio, depth) * material.glass;
    }
    return color;
  }

  // Returns a random number from -1 to 1.
  double Jitter() { return RandomBelow(&seed_, 1 << 20) / 524288.0 - 1; }

 private:
  static Vec Sky(const Vec& direction) {
    return Mix({0.01, 0.015, 0.03}, {0.0, 0.0, 0.01},
               std::sqrt(std::fabs(direction.y)));
  }

  Vec Mirrored(const Ray& ray, const Vec& point, const Vec& normal, int depth) {
    counts_->mirrored++;
    Vec direction = ray.direction - normal * (2 * Dot(ray.direction, normal));
    return Trace({point, Normalize(direction)}, depth + 1);
  }

  Vec ThroughGlass(const Ray& ray, const Vec& point, const Vec& normal,
                   double ratio, int depth) {
    double cosine = -Dot(ray.direction, normal);
    double rest = 1 - ratio * ratio * (1 - cosine * cosine);
    if (rest < 0) return Mirrored(ray, point, normal, depth);
    double base = (1 - ratio) / (1 + ratio);
    double reflected =
        base * base + (1 - base * base) * std::pow(1 - cosine, 5);
    counts_->refracted++;
    Vec direction =
        ray.direction * ratio + normal * (ratio * cosine - std::sqrt(rest));
    Vec through = Trace({point, Normalize(direction)}, depth + 1);
    if (reflected < 0.02) return through;
    return Mix(through, Mirrored(ray, point, normal, depth), reflected);
  }

  // Returns the share of a lamp's light that arrives at the point.
  double Arriving(const Lamp& lamp, const Vec& point) {
    int rays = lamp.radius > 0 ? kShadowRays : 1;
    int arriving = 0;
    for (int i = 0; i < rays; i++) {
      Vec offset;
      if (lamp.radius > 0) offset = {Jitter(), Jitter(), Jitter()};
      Vec way = lamp.position + offset * lamp.radius - point;
      Hit hit;
      counts_->shadow++;
      if (!scene_.Nearest({point, Normalize(way)}, kNear, Length(way), &hit)) {
        arriving++;
      }
    }
    return static_cast<double>(arriving) / rays;
  }

  Vec Lit(const Material& material, const Vec& point, const Vec& normal,
          const Vec& view) {
    Vec surface = material.color(point);
    Vec color = surface * (0.12 * material.diffuse);
    for (const Lamp& lamp : scene_.lamps()) {
      Vec way = lamp.position - point;
      Vec to_lamp = Normalize(way);
      double slope = Dot(normal, to_lamp);
      if (slope <= 0) continue;
      double share = Arriving(lamp, point) * 60 / (20 + Dot(way, way));
      if (share == 0) continue;
      color = color + surface * lamp.color * (share * slope * material.diffuse);
      double facing = Dot(Normalize(to_lamp - view), normal);
      if (material.gloss > 0 && facing > 0) {
        color = color + lamp.color * (share * material.gloss *
                                      std::pow(facing, material.shininess));
      }
    }
    return color;
  }

  const Scene& scene_;
  RayCounts* counts_;
  uint64_t seed_ = 99;
};

float Clamp(float value) { return std::fmin(std::fmax(value, 0.0f), 1.0f); }

float Encode(float linear) { return std::pow(Clamp(linear), 1 / 2.2f); }

}  // namespace

void Picture::GetBytes(int x, int y, uint8_t rgb[3]) const {
  const float* pixel = &samples[static_cast<size_t>(3 * (y * width + x))];
  for (int i = 0; i < 3; i++) {
    rgb[i] = static_cast<uint8_t>(Encode(pixel[i]) * 255 + 0.5f);
  }
}

float Picture::Brightness(int x, int y) const {
  const float* pixel = &samples[static_cast<size_t>(3 * (y * width + x))];
  return Clamp(0.2126f * pixel[0] + 0.7152f * pixel[1] + 0.0722f * pixel[2]);
}

Picture Render(const Scene& scene, const Camera& camera, int width, int height,
               int grid, RayCounts* counts) {
  Tracer tracer(scene, counts);
  Vec forward = Normalize(camera.target - camera.position);
  Vec right = Normalize(Cross(forward, {0, 1, 0}));
  Vec up = Cross(right, forward);
  double scale = 2 * std::tan(camera.field_of_view / 2) / height;
  Picture picture{width, height, {}};
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      Vec sum;
      for (int i = 0; i < grid * grid; i++) {
        double dx = x + (i % grid + 0.5) / grid - width * 0.5;
        double dy = height * 0.5 - y - (i / grid + 0.5) / grid;
        Vec direction = forward + right * (dx * scale) + up * (dy * scale);
        counts->primary++;
        sum = sum + tracer.Trace({camera.position, Normalize(direction)}, 0);
      }
      Vec mean = sum * (1.0 / (grid * grid));
      for (double part : {mean.x, mean.y, mean.z}) {
        picture.samples.push_back(static_cast<float>(part));
      }
    }
  }
  return picture;
}

std::string ToPpm(const Picture& picture) {
  char header[48];
  std::snprintf(header, sizeof(header), "P6\n%d %d\n255\n", picture.width,
                picture.height);
  std::string ppm = header;
  for (int y = 0; y < picture.height; y++) {
    for (int x = 0; x < picture.width; x++) {
      uint8_t rgb[3];
      picture.GetBytes(x, y, rgb);
      for (uint8_t byte : rgb) ppm.push_back(static_cast<char>(byte));
    }
  }
  return ppm;
}

}  // namespace raytracer
