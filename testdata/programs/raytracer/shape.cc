// Closed formulas for all shapes but the torus, which is approached in steps of
// the distance to it (Hart, "Sphere Tracing", 1996). Triangles after Moeller
// and Trumbore, "Fast, Minimum Storage Ray/Triangle Intersection", 1997.

#include "testdata/programs/raytracer/shape.h"

namespace raytracer {

std::function<Vec(const Vec&)> Plain(Vec color) {
  return [color](const Vec&) { return color; };
}

std::function<Vec(const Vec&)> Checkers(Vec even, Vec odd, double size) {
  return [=](const Vec& p) {
    double sum = std::floor(p.x / size) + std::floor(p.z / size);
    return std::fmod(std::fabs(sum), 2) < 0.5 ? even : odd;
  };
}

std::function<Vec(const Vec&)> Rings(Vec inner, Vec outer, double width) {
  return [=](const Vec& p) {
    double wave = std::sin(std::hypot(p.x, p.z) / width);
    return Mix(inner, outer, 0.5 + 0.5 * wave);
  };
}

bool Sphere::Meet(const Ray& ray, double from, double to, double* t) const {
  Vec out = ray.origin - center_;
  double half = Dot(out, ray.direction);
  double inside = half * half - Dot(out, out) + radius_ * radius_;
  if (inside < 0) return false;
  double root = std::sqrt(inside);
  *t = -half - root;
  if (*t < from) *t = -half + root;
  return *t >= from && *t <= to;
}

Vec Sphere::NormalAt(const Vec& point) const {
  return (point - center_) * (1 / radius_);
}

bool Sphere::Bounds(Box* box) const {
  Vec reach = {radius_, radius_, radius_};
  *box = {center_ - reach, center_ + reach};
  return true;
}

bool Plane::Meet(const Ray& ray, double from, double to, double* t) const {
  double slope = Dot(normal_, ray.direction);
  if (slope == 0) return false;
  *t = (offset_ - Dot(normal_, ray.origin)) / slope;
  return *t >= from && *t <= to;
}

Vec Plane::NormalAt(const Vec&) const { return normal_; }

bool Plane::Bounds(Box*) const { return false; }

bool Triangle::Meet(const Ray& ray, double from, double to, double* t) const {
  Vec p = Cross(ray.direction, ac_);
  double determinant = Dot(ab_, p);
  if (std::fabs(determinant) < 1e-12) return false;
  double scale = 1 / determinant;
  Vec out = ray.origin - a_;
  double u = Dot(out, p) * scale;
  if (u < 0 || u > 1) return false;
  Vec q = Cross(out, ab_);
  double v = Dot(ray.direction, q) * scale;
  if (v < 0 || u + v > 1) return false;
  *t = Dot(ac_, q) * scale;
  return *t >= from && *t <= to;
}

Vec Triangle::NormalAt(const Vec&) const { return Normalize(Cross(ab_, ac_)); }

bool Triangle::Bounds(Box* box) const {
  Vec b = a_ + ab_, c = a_ + ac_;
  *box = {Min(a_, Min(b, c)), Max(a_, Max(b, c))};
  return true;
}

double Torus::DistanceTo(const Vec& point) const {
  Vec p = point - center_;
  return std::hypot(std::hypot(p.x, p.z) - radius_, p.y) - tube_;
}

bool Torus::Meet(const Ray& ray, double from, double to, double* t) const {
  constexpr int kMaxSteps = 100;
  constexpr double kClose = 1e-7;
  Box box;
  Bounds(&box);
  *t = from;
  if (!box.Clip(ray, t, &to)) return false;
  for (int step = 0; step < kMaxSteps && *t <= to; step++) {
    double distance = std::fabs(DistanceTo(ray.At(*t)));
    if (distance < kClose) return true;
    *t += distance;
  }
  return false;
}

Vec Torus::NormalAt(const Vec& point) const {
  Vec p = point - center_;
  double shrink = radius_ / std::hypot(p.x, p.z);
  Vec nearest_on_circle = {p.x * shrink, 0, p.z * shrink};
  return Normalize(p - nearest_on_circle);
}

bool Torus::Bounds(Box* box) const {
  Vec reach = {radius_ + tube_, tube_, radius_ + tube_};
  *box = {center_ - reach, center_ + reach};
  return true;
}

}  // namespace raytracer
