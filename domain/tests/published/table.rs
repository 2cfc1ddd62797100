//! Markdown tables, read by the names of their columns.

/// One row: the cells by the names of their columns, without backticks.
pub struct Row {
    /// The line in the file, from 1.
    pub line: usize,
    cells: Vec<(String, String)>,
}

impl Row {
    /// The cell of a column; empty where the table has no such column.
    pub fn get(&self, column: &str) -> &str {
        self.cells
            .iter()
            .find(|(name, _)| name == column)
            .map_or("", |(_, cell)| cell)
    }
}

/// The rows of all tables whose first column has this name.
pub fn rows(markdown: &str, first: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for (line, text) in (1..).zip(markdown.lines()) {
        let Some(inside) = text
            .trim()
            .strip_prefix('|')
            .and_then(|t| t.strip_suffix('|'))
        else {
            columns.clear();
            continue;
        };
        let cells = inside
            .split('|')
            .map(|cell| cell.trim().trim_matches('`').to_owned());
        if columns.is_empty() {
            columns = cells.collect();
        } else if columns[0] == first && !text.contains("|---") {
            let cells = columns.iter().cloned().zip(cells).collect();
            rows.push(Row { line, cells });
        }
    }
    rows
}
