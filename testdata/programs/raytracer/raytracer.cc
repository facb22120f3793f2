// Renders a scene of spheres, triangles, a ring and a floor: prints it with
// characters, with checksums and counts that the whole computation goes into,
// and compares the tree of boxes with a plain list. `raytracer WIDTH HEIGHT`
// writes a PPM file of that size to stdout.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "testdata/programs/common/checksum.h"
#include "testdata/programs/common/random.h"
#include "testdata/programs/raytracer/render.h"
#include "testdata/programs/raytracer/scene.h"
#include "testdata/programs/raytracer/shape.h"

namespace {

using raytracer::Camera;
using raytracer::Hit;
using raytracer::Material;
using raytracer::Picture;
using raytracer::Plain;
using raytracer::Ray;
using raytracer::RayCounts;
using raytracer::Scene;
using raytracer::Sphere;
using raytracer::Vec;

constexpr double kPi = 3.14159265358979323846;
constexpr Camera kCamera = {{0, 3.0, 10.5}, {0, 1.75, 0}, 0.5};

// A four-sided pyramid.
void AddPyramid(const Vec& base, double size, double height,
                const Material* material, Scene* scene) {
  Vec top = base + Vec{0, height, 0};
  Vec corners[4] = {
      {-size, 0, size}, {size, 0, size}, {size, 0, -size}, {-size, 0, -size}};
  for (int i = 0; i < 4; i++) {
    scene->Add(std::make_unique<raytracer::Triangle>(
        base + corners[i], base + corners[(i + 1) % 4], top, material));
  }
}

// Small spheres on a spiral around the center.
void AddSpiral(int count, Scene* scene) {
  for (int i = 0; i < count; i++) {
    double turn = static_cast<double>(i) / count;
    double angle = turn * 4 * kPi;
    double distance = 1.9 + 1.6 * turn;
    Vec center = {distance * std::cos(angle), 0.2 + 0.6 * turn,
                  distance * std::sin(angle)};
    Material material;
    material.color = Plain({0.6 + 0.4 * std::sin(6 * turn), 0.5 + 0.5 * turn,
                            0.5 + 0.5 * std::cos(4 * turn)});
    material.gloss = 0.4;
    material.shininess = 20;
    scene->Add(std::make_unique<Sphere>(center, 0.16 + 0.12 * turn,
                                        scene->Add(material)));
  }
}

void BuildScene(Scene* scene) {
  Material floor;
  floor.color = raytracer::Checkers({0.85, 0.85, 0.8}, {0.2, 0.25, 0.25}, 2.5);
  floor.mirror = 0.1;
  scene->Add(
      std::make_unique<raytracer::Plane>(Vec{0, 1, 0}, 0.0, scene->Add(floor)));

  Material mirror;
  mirror.color = Plain({0.9, 0.9, 0.95});
  mirror.diffuse = 0.15;
  mirror.mirror = 0.8;
  mirror.gloss = 0.8;
  mirror.shininess = 80;
  scene->Add(
      std::make_unique<Sphere>(Vec{0, 1.25, 0}, 1.25, scene->Add(mirror)));

  Material glass;
  glass.color = Plain({1, 1, 1});
  glass.diffuse = 0.05;
  glass.glass = 0.9;
  glass.refraction = 1.5;
  glass.gloss = 0.6;
  glass.shininess = 120;
  scene->Add(
      std::make_unique<Sphere>(Vec{1.9, 0.7, 2.6}, 0.7, scene->Add(glass)));

  Material stone;
  stone.color = Plain({0.8, 0.3, 0.2});
  AddPyramid({-2.6, 0, 2.2}, 0.8, 1.7, scene->Add(stone), scene);

  Material ring;
  ring.color = raytracer::Rings({0.9, 0.8, 0.2}, {0.6, 0.3, 0.1}, 0.05);
  ring.gloss = 0.5;
  ring.shininess = 30;
  scene->Add(std::make_unique<raytracer::Torus>(Vec{0, 2.6, 0}, 0.8, 0.24,
                                                scene->Add(ring)));
  AddSpiral(36, scene);
  scene->Add(raytracer::Lamp{{5, 7, 6}, {1.0, 0.95, 0.85}, 0.5});
  scene->Add(raytracer::Lamp{{-7, 5, 5}, {0.25, 0.3, 0.45}, 0});
  scene->Finish();
}

void PrintPicture(const Picture& picture) {
  static constexpr char kShades[] = " .,:;i1tfLCG08@";
  constexpr int kLast = static_cast<int>(sizeof(kShades)) - 2;
  for (int y = 0; y + 1 < picture.height; y += 2) {
    std::string line;
    for (int x = 0; x < picture.width; x++) {
      float mean =
          (picture.Brightness(x, y) + picture.Brightness(x, y + 1)) / 2;
      line.push_back(kShades[static_cast<int>(std::sqrt(mean) * kLast + 0.5f)]);
    }
    std::printf("%s\n", line.c_str());
  }
}

void PrintSums(const Picture& picture) {
  std::string ppm = raytracer::ToPpm(picture);
  double sum[3] = {};
  int histogram[8] = {};
  for (size_t i = 0; i < picture.samples.size(); i++) {
    sum[i % 3] += static_cast<double>(picture.samples[i]);
  }
  for (int y = 0; y < picture.height; y++) {
    for (int x = 0; x < picture.width; x++) {
      histogram[static_cast<int>(picture.Brightness(x, y) * 7.999f)]++;
    }
  }
  std::printf("ppm %zu bytes %016llx, floats %016llx\n", ppm.size(),
              static_cast<unsigned long long>(
                  FnvUpdate(FNV_START, ppm.data(), ppm.size())),
              static_cast<unsigned long long>(
                  FnvUpdate(FNV_START, picture.samples.data(),
                            picture.samples.size() * sizeof(float))));
  std::printf("sums %.12f %.12f %a\n", sum[0], sum[1], sum[2]);
  std::printf("histogram");
  for (int count : histogram) std::printf(" %d", count);
  std::printf("\n");
}

// Sends random rays through the scene by tree and by list.
bool CheckTree(const Scene& scene) {
  uint64_t seed = 4;
  auto random = [&seed] { return RandomBelow(&seed, 20000) / 10000.0 - 1; };
  int hits = 0, differences = 0;
  double total = 0;
  for (int i = 0; i < 1000; i++) {
    Vec origin = Vec{random(), random(), random()} * 5;
    Vec direction = {random(), random(), random()};
    if (Dot(direction, direction) < 0.01) continue;
    Ray ray = {origin, Normalize(direction)};
    Hit by_tree, by_list;
    bool found = scene.Nearest(ray, 0, 1000, &by_tree);
    scene.NearestByList(ray, 0, 1000, &by_list);
    if (by_tree.shape != by_list.shape || by_tree.t != by_list.t) {
      differences++;
    }
    if (!found) continue;
    hits++;
    total += by_tree.t;
  }
  std::printf("tree: %d hits, %d differences, distance %.9f\n", hits,
              differences, total);
  return differences == 0;
}

}  // namespace

int main(int argc, char** argv) {
  Scene scene;
  RayCounts counts;
  BuildScene(&scene);
  if (argc == 3) {
    int width = std::atoi(argv[1]), height = std::atoi(argv[2]);
    if (width < 1 || height < 1 || width > 4096 || height > 4096) return 2;
    Picture picture = Render(scene, kCamera, width, height, 2, &counts);
    std::string ppm = ToPpm(picture);
    return std::fwrite(ppm.data(), 1, ppm.size(), stdout) == ppm.size() ? 0 : 1;
  }
  Picture picture = Render(scene, kCamera, 78, 60, 1, &counts);
  PrintPicture(picture);
  PrintSums(picture);
  std::printf("%zu shapes, %zu nodes, %lld tests\n", scene.shape_count(),
              scene.node_count(), scene.tests());
  std::printf(
      "rays: %lld primary, %lld shadow, %lld mirrored, %lld refracted\n",
      counts.primary, counts.shadow, counts.mirrored, counts.refracted);
  bool ok = CheckTree(scene);
  std::printf("%s\n", ok ? "all checks passed" : "FAILED");
  return ok ? 0 : 1;
}
