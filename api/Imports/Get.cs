using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Imports;

/// <summary>A bank looks how its import goes.</summary>
internal static class Get
{
    internal const string Columns = """
        id, portfolio_id, format, as_of, mode, state, failure_code, bytes, bytes_read, file_sha256,
            rows_read, rows_accepted, rows_known, rows_refreshed, rows_rejected, created_at, started_at, finished_at
        """;

    private static readonly Sql Find = new($"SELECT {Columns} FROM import WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder imports) => imports.MapGet("/{id}", HandleAsync)
        .Describe("Imports_Get", Scopes.PortfoliosRead, "Read an import", "How an import goes: its state and how many rows were read, accepted, known and rejected so far.")
        .Returns<Import>()
        .On(ReadAsync, ImportProblems.NotFound);

    internal static async Task<Import?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await work.Db.FindAsync<Row>(Find, new { tenant = work.Tenant, id }, cancellation))?.View();

    private static async Task<Answer<Import>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw ImportProblems.NotFound.Refuse());

    internal sealed record Row(
        Id Id,
        Id PortfolioId,
        string Format,
        DateOnly AsOf,
        string Mode,
        string State,
        string? FailureCode,
        long Bytes,
        long BytesRead,
        byte[] FileSha256,
        long RowsRead,
        long RowsAccepted,
        long RowsKnown,
        long RowsRefreshed,
        long RowsRejected,
        DateTimeOffset CreatedAt,
        DateTimeOffset? StartedAt,
        DateTimeOffset? FinishedAt)
    {
        public Import View() => new(
            Id,
            PortfolioId,
            Words.Read<ImportFormat>(Format),
            AsOf,
            Words.Read<ImportMode>(Mode),
            Words.Read<ImportState>(State),
            FailureCode,
            Bytes,
            State == "completed" ? Bytes : BytesRead,
            Convert.ToHexStringLower(FileSha256),
            RowsRead,
            RowsAccepted,
            RowsKnown,
            RowsRefreshed,
            RowsRejected,
            CreatedAt,
            StartedAt,
            FinishedAt,
            new ImportLinks(
                $"/v1/imports/{Id}",
                $"/v1/imports/{Id}/errors",
                $"/v1/imports/{Id}/rejected-rows",
                $"/v1/portfolios/{PortfolioId}",
                Words.Read<ImportMode>(Mode) == ImportMode.New ? null : $"/v1/imports/{Id}/missing-accounts",
                Words.Read<ImportState>(State) == ImportState.Staged ? $"/v1/imports/{Id}/preview" : null));
    }
}
