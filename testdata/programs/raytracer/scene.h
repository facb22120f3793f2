// The shapes of a picture, found fast by a tree of boxes, and its lamps.

#ifndef TESTDATA_PROGRAMS_RAYTRACER_SCENE_H_
#define TESTDATA_PROGRAMS_RAYTRACER_SCENE_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "testdata/programs/raytracer/shape.h"

namespace raytracer {

struct Lamp {
  Vec position;
  Vec color;
  double radius = 0;  // the larger, the softer the shadows
};

class Scene {
 public:
  // Returns a copy of the material that lives as long as the scene.
  const Material* Add(Material material);
  void Add(std::unique_ptr<Shape> shape);
  void Add(const Lamp& lamp) { lamps_.push_back(lamp); }

  // Builds the tree. Comes after the last shape and before the first ray.
  void Finish();

  // Returns whether the ray meets a shape between `from` and `to`; if so, the
  // nearest one goes to `hit`.
  bool Nearest(const Ray& ray, double from, double to, Hit* hit) const;

  // The same without the tree.
  bool NearestByList(const Ray& ray, double from, double to, Hit* hit) const;

  const std::vector<Lamp>& lamps() const { return lamps_; }
  size_t shape_count() const { return shapes_.size(); }
  size_t node_count() const { return nodes_.size(); }
  // Shapes that a ray was tested against, by either way.
  long long tests() const { return tests_; }

 private:
  // A leaf holds shapes_[first] and the following; an inner node has children
  // at the next index and at `second`.
  struct Node {
    Box box;
    size_t first = 0;
    size_t count = 0;
    size_t second = 0;
  };

  void BuildNode(size_t first, size_t count);
  void Try(size_t shape, const Ray& ray, double from, double* to,
           Hit* hit) const;

  std::vector<std::unique_ptr<Material>> materials_;
  std::vector<std::unique_ptr<Shape>> shapes_;  // without bounds first
  std::vector<Lamp> lamps_;
  std::vector<Node> nodes_;
  size_t unbounded_ = 0;
  mutable long long tests_ = 0;
};

}  // namespace raytracer

#endif  // TESTDATA_PROGRAMS_RAYTRACER_SCENE_H_
