// What a scene is made of.

#ifndef TESTDATA_PROGRAMS_RAYTRACER_SHAPE_H_
#define TESTDATA_PROGRAMS_RAYTRACER_SHAPE_H_

#include <functional>

#include "testdata/programs/raytracer/vec.h"

namespace raytracer {

struct Material {
  std::function<Vec(const Vec& point)> color;
  double diffuse = 1;     // share of the light that comes from lamps
  double gloss = 0;       // strength of highlights
  double shininess = 1;   // the higher, the smaller the highlights
  double mirror = 0;      // share of the light that is reflected
  double glass = 0;       // share of the light that passes through
  double refraction = 1;  // index
};

// A pattern of one color, and one of cubes of two in turn.
std::function<Vec(const Vec&)> Plain(Vec color);
std::function<Vec(const Vec&)> Checkers(Vec even, Vec odd, double size);
// Rings around the axis x = z = 0.
std::function<Vec(const Vec&)> Rings(Vec inner, Vec outer, double width);

class Shape;

struct Hit {
  double t = 0;  // distance from the ray's origin
  const Shape* shape = nullptr;
};

class Shape {
 public:
  // `material` must outlive this.
  explicit Shape(const Material* material) : material_(material) {}
  virtual ~Shape() = default;

  // Returns whether the ray meets the shape between `from` and `to`; if so, the
  // nearest such place goes to `t`.
  virtual bool Meet(const Ray& ray, double from, double to,
                    double* t) const = 0;

  // Returns the outward direction of length one at a point of the surface.
  virtual Vec NormalAt(const Vec& point) const = 0;

  // Stores the smallest box around the shape; returns false if there is none.
  virtual bool Bounds(Box* box) const = 0;

  const Material& material() const { return *material_; }

 private:
  const Material* material_;
};

class Sphere : public Shape {
 public:
  Sphere(Vec center, double radius, const Material* material)
      : Shape(material), center_(center), radius_(radius) {}

  bool Meet(const Ray& ray, double from, double to, double* t) const override;
  Vec NormalAt(const Vec& point) const override;
  bool Bounds(Box* box) const override;

 private:
  Vec center_;
  double radius_;
};

// All points at which Dot(normal, point) is `offset`.
class Plane : public Shape {
 public:
  Plane(Vec normal, double offset, const Material* material)
      : Shape(material), normal_(Normalize(normal)), offset_(offset) {}

  bool Meet(const Ray& ray, double from, double to, double* t) const override;
  Vec NormalAt(const Vec& point) const override;
  bool Bounds(Box* box) const override;

 private:
  Vec normal_;
  double offset_;
};

class Triangle : public Shape {
 public:
  Triangle(Vec a, Vec b, Vec c, const Material* material)
      : Shape(material), a_(a), ab_(b - a), ac_(c - a) {}

  bool Meet(const Ray& ray, double from, double to, double* t) const override;
  Vec NormalAt(const Vec& point) const override;
  bool Bounds(Box* box) const override;

 private:
  Vec a_;
  Vec ab_;
  Vec ac_;
};

// A ring around an upright axis.
class Torus : public Shape {
 public:
  Torus(Vec center, double radius, double tube, const Material* material)
      : Shape(material), center_(center), radius_(radius), tube_(tube) {}

  bool Meet(const Ray& ray, double from, double to, double* t) const override;
  Vec NormalAt(const Vec& point) const override;
  bool Bounds(Box* box) const override;

 private:
  double DistanceTo(const Vec& point) const;

  Vec center_;
  double radius_;
  double tube_;
};

}  // namespace raytracer

#endif  // TESTDATA_PROGRAMS_RAYTRACER_SHAPE_H_
