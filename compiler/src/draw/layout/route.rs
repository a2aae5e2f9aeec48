//! Coordinates. Every net has at most one lane (between columns) and one track in each channel (between rows), which
//! no other net shares; so that lines cross, but never run over each other or through a box.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::nets::Net;
use super::place::Cells;
use super::{LABEL_WIDTH, Label, Layout, NODE_WIDTH, PAD, ROW_HEIGHT, Rect, Wire};
use crate::draw::bundle::End;

/// Between two lanes, and between two tracks.
const STEP: i32 = 7;
/// From the side of a box to the first lane; more than `PAD`.
const LANE_MARGIN: i32 = 17;
/// Between two columns without lanes.
const GAP: i32 = 2 * PAD + 8;
/// Height of a line of labels below a row.
const STRIP: i32 = 15;
/// Between what a row says and the lower border of a stage.
const FOOT: i32 = 8;
/// Between lines and the upper border of a stage: room for the tip of an arrow.
const HEAD: i32 = 13;

/// The horizontal line of a net in a channel.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    left: i32,
    right: i32,
    slot: usize,
}

/// A net on its way to lines.
struct Routed {
    /// The gap and the lane in it.
    lane: Option<(usize, usize)>,
    /// X of each source and target.
    sources: Vec<i32>,
    targets: Vec<i32>,
    /// By channel.
    tracks: BTreeMap<usize, Track>,
}

/// Everything that is known of the grid's lines.
struct Grid<'c> {
    cells: &'c Cells,
    /// Left ends of columns; and their widths.
    columns: Vec<(i32, i32)>,
    /// Left ends of gaps; gap 0 is left of column 0.
    gaps: Vec<i32>,
    /// Upper ends of rows.
    rows: Vec<i32>,
    /// For each channel (0 is above row 0): whether labels stand at its top.
    strips: Vec<bool>,
    width: i32,
    height: i32,
}

/// Routes all nets.
pub(super) fn route(cells: &Cells, nets: Vec<Net>, hidden: Vec<usize>) -> Layout {
    let mut grid = Grid {
        cells,
        columns: Vec::new(),
        gaps: Vec::new(),
        rows: Vec::new(),
        strips: vec![false; cells.rows + 1],
        width: 0,
        height: 0,
    };
    let mut routed: Vec<Routed> = nets
        .iter()
        .map(|_| Routed { lane: None, sources: Vec::new(), targets: Vec::new(), tracks: BTreeMap::new() })
        .collect();
    grid.lanes(&nets, &mut routed);
    let rooms = grid.ports(&nets, &mut routed);
    grid.tracks(&nets, &mut routed);
    let nodes = cells.nodes.iter().map(|(row, column)| grid.cell(*row, *column, NODE_WIDTH)).collect();
    let names = cells.stages.iter().map(|area| grid.cell(area.row, area.column, LABEL_WIDTH)).collect();
    let stages = (0..cells.stages.len()).map(|stage| grid.stage(stage)).collect();
    let wires = nets.into_iter().zip(&routed).zip(rooms);
    let wires = wires.map(|((net, routed), rooms)| grid.wire(net, routed, &rooms)).collect();
    Layout { width: grid.width, height: grid.height, stages, names, nodes, wires, hidden }
}

/// Gives intervals slots, so that those of one slot are apart. Takes (start, end, id); gives the slot by id.
fn slots(mut intervals: Vec<(i32, i32, usize)>, apart: i32) -> (BTreeMap<usize, usize>, usize) {
    intervals.sort_unstable();
    let mut busy: BinaryHeap<Reverse<(i32, usize)>> = BinaryHeap::new();
    let mut slots = BTreeMap::new();
    let mut count = 0;
    for (start, end, id) in intervals {
        let slot = match busy.peek() {
            Some(Reverse((free, slot))) if *free + apart <= start => {
                let slot = *slot;
                busy.pop();
                slot
            }
            _ => {
                count += 1;
                count - 1
            }
        };
        busy.push(Reverse((end, slot)));
        slots.insert(id, slot);
    }
    (slots, count)
}

impl Grid<'_> {
    /// The channel that a line leaves a source into.
    fn channel_below(&self, end: End) -> usize {
        match end {
            End::Node(node) => self.cells.nodes[node].0 + 1,
            End::Stage(stage) => self.cells.stages[stage].row + self.cells.stages[stage].rows,
        }
    }

    /// The channel that a line comes to a target from.
    fn channel_above(&self, end: End) -> usize {
        match end {
            End::Node(node) => self.cells.nodes[node].0,
            End::Stage(stage) => self.cells.stages[stage].row,
        }
    }

    fn column(&self, end: End) -> usize {
        match end {
            End::Node(node) => self.cells.nodes[node].1,
            End::Stage(stage) => self.cells.stages[stage].column,
        }
    }

    fn channels<'n>(&'n self, net: &'n Net) -> impl Iterator<Item = usize> + 'n {
        let below = net.sources.iter().map(|(end, _)| self.channel_below(*end));
        below.chain(net.targets.iter().map(|end| self.channel_above(*end)))
    }

    /// Chooses lanes; then the widths of columns and gaps are known.
    fn lanes(&mut self, nets: &[Net], routed: &mut [Routed]) {
        let mut wanted: Vec<Vec<(i32, i32, usize)>> = vec![Vec::new(); self.cells.columns + 1];
        for (at, net) in nets.iter().enumerate() {
            let low = self.channels(net).min().unwrap_or(0);
            let high = self.channels(net).max().unwrap_or(0);
            if low == high {
                continue;
            }
            let own = self.column(net.sources[0].0);
            let sum: usize = net.targets.iter().map(|end| self.column(*end)).sum();
            let is_right = sum > own * net.targets.len() || (sum == own * net.targets.len() && own > 0);
            let gap = own + usize::from(is_right);
            wanted[gap].push((low as i32, high as i32, at));
        }
        let mut is_node = vec![false; self.cells.columns];
        self.cells.nodes.iter().for_each(|(_, column)| is_node[*column] = true);
        let mut x = 6;
        for (gap, intervals) in wanted.into_iter().enumerate() {
            let (slots, count) = slots(intervals, 1);
            slots.iter().for_each(|(at, slot)| routed[*at].lane = Some((gap, *slot)));
            self.gaps.push(x);
            x += if count == 0 { GAP } else { (2 * LANE_MARGIN + (count as i32 - 1) * STEP).max(GAP) };
            if let Some(is_node) = is_node.get(gap) {
                let width = if *is_node { NODE_WIDTH } else { LABEL_WIDTH };
                self.columns.push((x, width));
                x += width;
            }
        }
        self.width = x + 6;
    }

    fn lane_x(&self, routed: &Routed) -> Option<i32> {
        routed.lane.map(|(gap, slot)| self.gaps[gap] + LANE_MARGIN + slot as i32 * STEP)
    }

    /// Where lines leave and enter boxes; gives the room of each source's label.
    fn ports(&mut self, nets: &[Net], routed: &mut [Routed]) -> Vec<Vec<i32>> {
        let mut leaving: BTreeMap<End, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, net) in nets.iter().enumerate() {
            routed[at].sources = vec![0; net.sources.len()];
            for (index, (end, label)) in net.sources.iter().enumerate() {
                leaving.entry(*end).or_default().push((at, index));
                let channel = self.channel_below(*end);
                self.strips[channel] |= !label.is_empty();
            }
        }
        let mut rooms: Vec<Vec<i32>> = nets.iter().map(|net| vec![0; net.sources.len()]).collect();
        for (end, mut ports) in leaving {
            let (x, width) = self.columns[self.column(end)];
            let width = if matches!(end, End::Stage(_)) { LABEL_WIDTH } else { width };
            // What goes left leaves at the left.
            ports.sort_by_key(|(at, _)| {
                let goal = nets[*at].targets.iter().map(|target| self.column(*target)).min();
                (self.lane_x(&routed[*at]).unwrap_or(i32::MAX / 2), goal)
            });
            let count = ports.len() as i32;
            let slot = (width - 16) / count;
            for (place, (at, index)) in ports.into_iter().enumerate() {
                let start =
                    if count == 1 && matches!(end, End::Node(_)) { 52 } else { slot * place as i32 / 8 * 8 };
                routed[at].sources[index] = x + 12 + start.min(width - 24);
                rooms[at][index] = if count == 1 { width - start - 18 } else { slot - 10 };
            }
        }
        self.enter(nets, routed);
        rooms
    }

    fn enter(&self, nets: &[Net], routed: &mut [Routed]) {
        let mut arriving: BTreeMap<End, Vec<(i32, usize, usize)>> = BTreeMap::new();
        for (at, net) in nets.iter().enumerate() {
            routed[at].targets = vec![0; net.targets.len()];
            for (index, end) in net.targets.iter().enumerate() {
                let from = self.lane_x(&routed[at]).unwrap_or(routed[at].sources[0]);
                arriving.entry(*end).or_default().push((from, at, index));
            }
        }
        for (end, mut ports) in arriving {
            let (x, width) = self.columns[self.column(end)];
            let width = if matches!(end, End::Stage(_)) { LABEL_WIDTH } else { width };
            // Straight lines choose first.
            let is_straight = |from: i32| (x + 8..=x + width - 8).contains(&from);
            ports.sort_unstable_by_key(|(from, at, index)| (!is_straight(*from), *from, *at, *index));
            let mut taken: Vec<i32> = Vec::new();
            for (from, at, index) in ports {
                let port = if is_straight(from) { from } else { free(x, width, from, &taken) };
                let port = if taken.contains(&port) { free(x, width, from, &taken) } else { port };
                taken.push(port);
                routed[at].targets[index] = port;
            }
        }
    }

    /// Gives every net its track in each channel; then the heights of channels are known.
    fn tracks(&mut self, nets: &[Net], routed: &mut [Routed]) {
        let mut channels: Vec<Vec<(i32, i32, usize)>> = vec![Vec::new(); self.cells.rows + 1];
        for (at, net) in nets.iter().enumerate() {
            let lane = self.lane_x(&routed[at]);
            let xs: Vec<i32> = routed[at].sources.iter().chain(&routed[at].targets).copied().collect();
            for (channel, x) in self.channels(net).zip(xs) {
                let (left, right) = (lane.unwrap_or(x).min(x), lane.unwrap_or(x).max(x));
                let new = Track { left, right, slot: 0 };
                let track = routed[at].tracks.entry(channel).or_insert(new);
                (track.left, track.right) = (track.left.min(left), track.right.max(right));
            }
            for (channel, track) in routed[at].tracks.iter().filter(|(_, track)| track.left < track.right) {
                channels[*channel].push((track.left, track.right, at));
            }
        }
        let mut is_border = vec![false; self.cells.rows + 1];
        for area in &self.cells.stages {
            is_border[area.row] = true;
            is_border[area.row + area.rows] = true;
        }
        let mut y = 0;
        for (channel, intervals) in channels.into_iter().enumerate() {
            let (slots, count) = slots(intervals, 6);
            for (at, slot) in slots {
                if let Some(track) = routed[at].tracks.get_mut(&channel) {
                    track.slot = slot;
                }
            }
            let lines = if count > 0 { FOOT + (count as i32 - 1) * STEP } else { 0 };
            y += self.foot(channel);
            y += if count > 0 || is_border[channel] { lines + HEAD + PAD } else { 6 };
            self.rows.push(y);
            y += ROW_HEIGHT;
        }
        // Behind the last channel there is no row.
        self.rows.pop();
        self.height = y - ROW_HEIGHT;
    }

    /// From the row above a channel to the lower border of a stage that ends there.
    fn foot(&self, channel: usize) -> i32 {
        FOOT + if self.strips[channel] { STRIP } else { 0 }
    }

    /// The upper end of a channel.
    fn channel_y(&self, channel: usize) -> i32 {
        channel.checked_sub(1).map_or(0, |row| self.rows[row] + ROW_HEIGHT)
    }

    fn cell(&self, row: usize, column: usize, width: i32) -> Rect {
        Rect { x: self.columns[column].0, y: self.rows[row], width, height: ROW_HEIGHT }
    }

    fn stage(&self, stage: usize) -> Rect {
        let area = self.cells.stages[stage];
        let (first, last) = (self.columns[area.column], self.columns[area.column + area.columns - 1]);
        let (x, y) = (first.0 - PAD, self.rows[area.row] - PAD);
        let end = area.row + area.rows;
        let bottom = self.channel_y(end) + self.foot(end);
        Rect { x, y, width: last.0 + last.1 + PAD - x, height: bottom - y }
    }

    fn wire(&self, net: Net, routed: &Routed, rooms: &[i32]) -> Wire {
        let lane = self.lane_x(routed);
        let track = |channel: usize| {
            let start = self.channel_y(channel) + self.foot(channel);
            // A straight line has no track, and its channel perhaps no room for one.
            let track = routed.tracks.get(&channel).filter(|track| track.left < track.right);
            track.map_or(start, |track| start + FOOT + track.slot as i32 * STEP)
        };
        let line = |source: usize, target: usize| {
            let (from, to) = (net.sources[source].0, net.targets[target]);
            let (out, into) = (self.channel_below(from), self.channel_above(to));
            let (x, end) = (routed.sources[source], routed.targets[target]);
            let start = self.channel_y(out) + if matches!(from, End::Stage(_)) { self.foot(out) } else { 0 };
            let mut line = vec![(x, start), (x, track(out))];
            if let Some(lane) = lane {
                line.extend([(lane, track(out)), (lane, track(into))]);
            }
            line.extend([(end, track(into)), (end, self.top(to))]);
            line
        };
        let mut lines: Vec<Vec<(i32, i32)>> = Vec::new();
        if net.targets.len() == 1 && net.sources.len() > 1 {
            // Drawn from the shared end, so that dashes of shared parts fall together.
            lines.extend((0..net.sources.len()).map(|source| line(source, 0).into_iter().rev().collect()));
        } else {
            lines.extend((0..net.targets.len()).map(|target| line(0, target)));
            lines.extend((1..net.sources.len()).map(|source| line(source, 0)));
        }
        let tips = net.targets.iter().zip(&routed.targets).map(|(end, x)| (*x, self.top(*end))).collect();
        let labelled = net.sources.iter().zip(&routed.sources).zip(rooms);
        let labels = labelled
            .filter(|(((_, text), _), _)| !text.is_empty())
            .map(|(((end, text), x), room)| {
                let y = self.channel_y(self.channel_below(*end)) + 12;
                Label { x: x + 5, y, room: *room, text: text.clone() }
            })
            .collect();
        Wire {
            kind: net.kind,
            critical: net.critical,
            links: net.links,
            order: net.order,
            lines,
            tips,
            labels,
        }
    }

    /// The upper border of a box.
    fn top(&self, end: End) -> i32 {
        match end {
            End::Node(node) => self.rows[self.cells.nodes[node].0],
            End::Stage(stage) => self.rows[self.cells.stages[stage].row] - PAD,
        }
    }
}

/// The free place nearest to where a line comes from. Places lie between those where lines leave.
fn free(x: i32, width: i32, from: i32, taken: &[i32]) -> i32 {
    let places = (1..=(width - 8) / 8).map(|place| x + 8 * place);
    let centre = x + width / 2;
    let wanted = if from < centre { (from.max(x) + centre) / 2 } else { (from.min(x + width) + centre) / 2 };
    let is_free = |place: &i32| taken.iter().all(|other| (other - place).abs() >= 6);
    let near = |place: &i32| (place - wanted).abs();
    places.clone().filter(is_free).min_by_key(near).or_else(|| places.min_by_key(near)).unwrap_or(centre)
}
