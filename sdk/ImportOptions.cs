namespace Agency.Sdk;

/// <summary>What a file of accounts is, and what it may do.</summary>
public sealed class ImportOptions
{
    /// <summary><c>text/csv</c>, or <c>application/x-ndjson</c> for one JSON object a line.</summary>
    public string ContentType { get; set; } = "text/csv";

    /// <summary>Whether the stream is gzipped already.</summary>
    public bool IsGzipped { get; set; }

    /// <summary>The day the balances in the file are of; today when absent.</summary>
    public DateOnly? AsOf { get; set; }

    /// <summary>What the file may do; only add accounts when absent.</summary>
    public ImportMode? Mode { get; set; }
}
