// Vectors, rays and boxes in three dimensions.

#ifndef TESTDATA_PROGRAMS_RAYTRACER_VEC_H_
#define TESTDATA_PROGRAMS_RAYTRACER_VEC_H_

#include <algorithm>
#include <cmath>

namespace raytracer {

// A point, direction or color (red, green, blue, each from 0 for none).
struct Vec {
  double x = 0;
  double y = 0;
  double z = 0;
};

inline Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec operator-(Vec a) { return {-a.x, -a.y, -a.z}; }
// Component by component.
inline Vec operator*(Vec a, Vec b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
inline Vec operator*(Vec a, double s) { return {a.x * s, a.y * s, a.z * s}; }

inline double Dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec Cross(Vec a, Vec b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double Length(Vec a) { return std::sqrt(Dot(a, a)); }
// REQUIRES: a is not zero.
inline Vec Normalize(Vec a) { return a * (1 / Length(a)); }
inline Vec Min(Vec a, Vec b) {
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)};
}
inline Vec Max(Vec a, Vec b) {
  return {std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)};
}
inline Vec Mix(Vec a, Vec b, double share_of_b) {
  return a * (1 - share_of_b) + b * share_of_b;
}

struct Ray {
  Vec origin;
  Vec direction;  // of length one

  Vec At(double t) const { return origin + direction * t; }
};

// A box along the axes.
struct Box {
  Vec low;
  Vec high;

  Vec Center() const { return (low + high) * 0.5; }
  Box Around(const Box& other) const {
    return {Min(low, other.low), Max(high, other.high)};
  }

  // Returns whether the ray is in the box anywhere between `from` and `to`, and
  // narrows these to where it is.
  bool Clip(const Ray& ray, double* from, double* to) const {
    Vec inverse = {1 / ray.direction.x, 1 / ray.direction.y,
                   1 / ray.direction.z};
    Vec a = (low - ray.origin) * inverse;
    Vec b = (high - ray.origin) * inverse;
    Vec enter = Min(a, b), leave = Max(a, b);
    *from = std::max({*from, enter.x, enter.y, enter.z});
    *to = std::min({*to, leave.x, leave.y, leave.z});
    return *from <= *to;
  }
};

}  // namespace raytracer

#endif  // TESTDATA_PROGRAMS_RAYTRACER_VEC_H_
