// Makes the rings between workers.
#include "dataplane/io/mesh.h"

#include <rte_errno.h>
#include <rte_ring_elem.h>

namespace sluice::io {

std::uint64_t Mesh::memory_bytes(unsigned workers, unsigned ports) {
    if (workers < 2) return 0;
    const std::uint64_t pairs = std::uint64_t{workers} * (workers - 1);
    const auto packets =
        static_cast<std::uint64_t>(rte_ring_get_memsize_elem(sizeof(void*), packet_slots(workers)));
    const auto names =
        static_cast<std::uint64_t>(rte_ring_get_memsize_elem(sizeof(LearntName), kNameSlots));
    return pairs * (packets + names) + std::uint64_t{ports} * (workers - 1) * packets;
}

std::uint32_t Mesh::packets_max(unsigned workers, unsigned ports) {
    if (workers < 2) return 0;
    return (workers + ports) * (workers - 1) * packet_slots(workers);
}

rte_ring* Mesh::make(std::vector<rte_ring*>& all, unsigned element_bytes, unsigned slots,
                     int node) {
    const std::string name = "mesh-" + std::to_string(all.size());
    rte_ring* ring = rte_ring_create_elem(name.c_str(), element_bytes, slots, node,
                                          RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring != nullptr) all.push_back(ring);
    return ring;
}

Result<Mesh, std::string> Mesh::create(unsigned workers, std::span<const int> homes,
                                       std::span<const int> node_of_worker) {
    Mesh mesh;
    mesh.workers_ = workers;
    mesh.packets_.resize(std::size_t{workers} * workers);
    mesh.names_.resize(std::size_t{workers} * workers);
    mesh.leaving_.resize(homes.size() * workers);
    bool all_made = true;
    for (unsigned to = 0; to < workers; ++to)
        for (unsigned from = 0; from < workers; ++from) {
            if (from == to) continue;
            const std::size_t at = from * workers + to;
            mesh.packets_[at] =
                make(mesh.all_, sizeof(void*), packet_slots(workers), node_of_worker[to]);
            mesh.names_[at] = make(mesh.all_, sizeof(LearntName), kNameSlots, node_of_worker[to]);
            all_made = all_made && mesh.packets_[at] != nullptr && mesh.names_[at] != nullptr;
        }
    for (std::size_t port = 0; port < homes.size(); ++port)
        for (unsigned from = 0; from < workers; ++from) {
            if (homes[port] < 0 || static_cast<unsigned>(homes[port]) == from) continue;
            rte_ring* ring = make(mesh.all_, sizeof(void*), packet_slots(workers),
                                  node_of_worker[static_cast<std::size_t>(homes[port])]);
            mesh.leaving_[port * workers + from] = ring;
            all_made = all_made && ring != nullptr;
        }
    if (!all_made)
        return Err{"no memory for the rings between " + std::to_string(workers) +
                   " workers: " + rte_strerror(rte_errno)};
    return mesh;
}

// Packets that still wait in a ring go back to their pool: nobody reads or writes any more.
Mesh::~Mesh() {
    for (const auto* group : {&packets_, &leaving_})
        for (rte_ring* ring : *group) {
            void* packet = nullptr;
            while (ring != nullptr && rte_ring_sc_dequeue(ring, &packet) == 0)
                rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
        }
    for (rte_ring* ring : all_)
        rte_ring_free(ring);
}

}  // namespace sluice::io
