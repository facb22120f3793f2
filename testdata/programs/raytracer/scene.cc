// A bounding volume hierarchy: the shapes are split in halves at the median of
// the axis along which their centers spread most. O(n log^2 n) to build,
// O(log n) per ray in ordinary scenes.

#include "testdata/programs/raytracer/scene.h"

#include <algorithm>
#include <utility>

namespace raytracer {
namespace {

constexpr size_t kLeafSize = 3;

using ShapePtr = std::unique_ptr<Shape>;

bool IsUnbounded(const ShapePtr& shape) {
  Box box;
  return !shape->Bounds(&box);
}

Vec CenterOf(const ShapePtr& shape) {
  Box box;
  shape->Bounds(&box);
  return box.Center();
}

}  // namespace

const Material* Scene::Add(Material material) {
  materials_.push_back(std::make_unique<Material>(std::move(material)));
  return materials_.back().get();
}

void Scene::Add(ShapePtr shape) { shapes_.push_back(std::move(shape)); }

void Scene::Finish() {
  auto bounded = std::partition(shapes_.begin(), shapes_.end(), IsUnbounded);
  unbounded_ = static_cast<size_t>(bounded - shapes_.begin());
  nodes_.clear();
  if (unbounded_ < shapes_.size()) {
    BuildNode(unbounded_, shapes_.size() - unbounded_);
  }
}

void Scene::BuildNode(size_t first, size_t count) {
  auto begin = shapes_.begin() + static_cast<ptrdiff_t>(first);
  auto end = begin + static_cast<ptrdiff_t>(count);
  size_t index = nodes_.size();
  Box box, centers;
  (*begin)->Bounds(&box);
  centers = {box.Center(), box.Center()};
  for (auto it = begin; it != end; ++it) {
    Box other;
    (*it)->Bounds(&other);
    box = box.Around(other);
    centers = centers.Around({other.Center(), other.Center()});
  }
  nodes_.push_back({box, first, count, 0});
  if (count <= kLeafSize) return;

  Vec spread = centers.high - centers.low;
  double Vec::* axis = &Vec::x;
  if (spread.y > spread.*axis) axis = &Vec::y;
  if (spread.z > spread.*axis) axis = &Vec::z;
  std::sort(begin, end, [axis](const ShapePtr& a, const ShapePtr& b) {
    return CenterOf(a).*axis < CenterOf(b).*axis;
  });
  size_t half = count / 2;
  BuildNode(first, half);
  nodes_[index].second = nodes_.size();
  nodes_[index].count = 0;
  BuildNode(first + half, count - half);
}

// Lowers `to` to the shape's distance if it is nearer.
void Scene::Try(size_t shape, const Ray& ray, double from, double* to,
                Hit* hit) const {
  double t;
  tests_++;
  if (!shapes_[shape]->Meet(ray, from, *to, &t)) return;
  *to = t;
  *hit = {t, shapes_[shape].get()};
}

bool Scene::Nearest(const Ray& ray, double from, double to, Hit* hit) const {
  hit->shape = nullptr;
  for (size_t i = 0; i < unbounded_; i++) Try(i, ray, from, &to, hit);
  size_t pending[64];  // one per level: a tree of more would not fit in memory
  size_t depth = 0;
  if (!nodes_.empty()) pending[depth++] = 0;
  while (depth > 0) {
    size_t index = pending[--depth];
    const Node& node = nodes_[index];
    double enter = from, leave = to;
    if (!node.box.Clip(ray, &enter, &leave)) continue;
    for (size_t i = 0; i < node.count; i++) {
      Try(node.first + i, ray, from, &to, hit);
    }
    if (node.count > 0) continue;
    pending[depth++] = node.second;
    pending[depth++] = index + 1;
  }
  return hit->shape != nullptr;
}

bool Scene::NearestByList(const Ray& ray, double from, double to,
                          Hit* hit) const {
  hit->shape = nullptr;
  for (size_t i = 0; i < shapes_.size(); i++) Try(i, ray, from, &to, hit);
  return hit->shape != nullptr;
}

}  // namespace raytracer
