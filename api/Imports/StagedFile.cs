using System.Text.Json;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>The beginning of a file that waits to be started: its headers, and its first rows as they are written.</summary>
/// <param name="Headers">In their order; in NDJSON the members that the first rows have.</param>
/// <param name="Rows">Each with a cell a header, null where the row has none.</param>
internal sealed record StagedFile(IReadOnlyList<string> Headers, IReadOnlyList<(long Line, IReadOnlyList<string?> Cells)> Rows)
{
    /// <exception cref="Http.ProblemException">The file is not here, or can't be read.</exception>
    public static StagedFile Read(Spool spool, int tenant, Id id, ImportFormat format, bool compressed, int rows)
    {
        try
        {
            using var file = spool.OpenFile(tenant, id, compressed);
            return format == ImportFormat.Csv ? ReadCsv(new CsvFields(new ByteSource(file.Rows)), rows) : ReadNdjson(new ByteSource(file.Rows), rows);
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ImportProblems.FileMissing.Refuse();
        }
        catch (InvalidDataException)
        {
            throw ImportProblems.Unreadable.Refuse(ImportFailure.Unreadable);
        }
        catch (ImportFailure failure)
        {
            throw ImportProblems.Unreadable.Refuse(failure.Code);
        }
    }

    private static StagedFile ReadCsv(CsvFields fields, int count)
    {
        var headers = fields.ReadHeader();
        var rows = new List<(long, IReadOnlyList<string?>)>();
        for (fields.SkipBlankLines(); rows.Count < count && !fields.AtEnd; fields.SkipBlankLines())
        {
            var line = fields.Line;
            var cells = new List<string?>();
            FieldEnd end;
            do
            {
                end = fields.ReadField();
                if (cells.Count < headers.Count)
                {
                    // A quote that never closes has swallowed other rows.
                    cells.Add(end == FieldEnd.Malformed || fields.Text() is not { } text ? null : SpreadsheetText.Unescape(text.Trim()));
                }
            }
            while (end == FieldEnd.Field);
            rows.Add((line, [.. cells, .. Enumerable.Repeat<string?>(null, headers.Count - cells.Count)]));
        }

        return new StagedFile(headers, rows);
    }

    private static StagedFile ReadNdjson(ByteSource source, int count)
    {
        var headers = new List<string>();
        var rows = new List<(long Line, Dictionary<string, string?> Members)>();
        var reader = new NdjsonRows(source, ColumnMap.ByName);
        while (rows.Count < count && reader.ReadText() is { } text)
        {
            Dictionary<string, string?> members = new(StringComparer.Ordinal);
            try
            {
                using var json = JsonDocument.Parse(text.Json);
                foreach (var member in json.RootElement.EnumerateObject())
                {
                    members[member.Name] = member.Value.ValueKind switch
                    {
                        JsonValueKind.Null => null,
                        JsonValueKind.String => member.Value.GetString(),
                        _ => member.Value.GetRawText(),
                    };
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // Told when it is loaded; here there is nothing to show of it.
            }

            headers.AddRange(members.Keys.Except(headers, StringComparer.Ordinal).Take(1000 - headers.Count));
            rows.Add((text.Line, members));
        }

        return new StagedFile(headers, [.. rows.Select(row => (row.Line, (IReadOnlyList<string?>)[.. headers.Select(header => row.Members.GetValueOrDefault(header))]))]);
    }
}
