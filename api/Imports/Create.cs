using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Portfolios;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Imports;

/// <summary>A bank uploads a file of overdue accounts. It is accepted here and loaded in the background.</summary>
internal static class Create
{
    private const string Description = """
        Sends a file of overdue accounts, one account a row, as CSV (RFC 4180, header row, columns in any order) or as one JSON
        object a line, in UTF-8, plain or gzipped (`Content-Encoding: gzip`, at most 100:1). Both have the same columns:
        `account_number`*, `debtor_reference`*, `debtor_name`*, `id_number`, `id_type` (`cn_resident`: region, day of birth and
        check digit of a Chinese resident number are checked; `other`: any document; when empty a number of 18 digits must have the right check digit),
        `time_zone` (IANA, `Asia/Shanghai` when empty), `phone` (with its country code, or as it is dialled in the country of the portfolio's currency),
        `email`, `address`, `city` (to choose accounts by), `product`, `currency` (the portfolio's), `credit_limit`, `principal`*, `interest`, `fees` (integers in minor
        units), `oldest_due_date`* (`2005-09-30`); those with * are required, others are refused. Rows with errors are reported and the
        rest are loaded. An account number the bank has loaded before is counted as known and changes nothing, unless `mode` says to
        refresh: then the account is brought to the row's balance as of `as_of`, from which money that was paid later and confirmed
        is still taken off, and to the other figures that the row has; a balance may be zero, which resolves the account. A resolved
        account is never reopened, and figures older than its last ones are refused. Rows with the same
        `debtor_reference` are of one debtor: a row whose `id_number` (or, where either has none, whose `debtor_name`) is another is
        refused; a `time_zone` other than that of the debtor's first row is ignored. A file may end with its totals, as
        `#trailer,rows=2,principal=350000,interest=5000,fees=500` or `{"trailer":{"rows":2,"principal":350000}}`: those given are
        compared before anything is loaded, and a difference ends the import. With `start=false` the file waits to be looked at: its preview
        shows what its columns are taken for, its start says what they are, and a day later it is cancelled. A header that begins with `#` is left out. An Idempotency-Key covers accepting the file, told
        by its digest, not the load.
        """;

    private static readonly Sql FindPortfolio = new("SELECT currency FROM portfolio WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO import (bank_id, id, portfolio_id, format, as_of, mode, state, compressed, file_sha256, bytes, bytes_read, rows_read, rows_accepted, rows_known, rows_refreshed, rows_rejected, created_at)
        VALUES (@tenant, @id, @portfolio, @format, @asOf, @mode, @state, @compressed, @sha256, @bytes, 0, 0, 0, 0, 0, 0, @now)
        """);

    public static void Map(RouteGroupBuilder ofPortfolio) => ofPortfolio.MapPost("/", HandleAsync)
        .Describe("Imports_Create", Scopes.PortfoliosWrite, "Import accounts", Description.ReplaceLineEndings(" "))
        .Receives(Upload.ContentTypes)
        .Returns<Import>(StatusCodes.Status202Accepted)
        .Refuses(HttpProblems.WrongTenantKind, HttpProblems.TooLarge, HttpProblems.UnsupportedMediaType)
        .On(Portfolios.Get.ReadAsync, PortfolioProblems.NotFound)
        .WithMetadata(new BeforeTransaction(Upload.ReceiveAsync));

    /// <summary>The currency of the portfolio, or the refusal when the tenant has no such one.</summary>
    internal static async Task<string> FindPortfolioAsync(Session db, int tenant, Id id, CancellationToken cancellation) =>
        await db.FindAsync<string>(FindPortfolio, new { tenant, id }, cancellation) ?? throw PortfolioProblems.NotFound.Refuse();

    private static async Task<Answer<Import>> HandleAsync(
        Id id,
        [FromQuery(Name = "as_of"), Description("The day the file's figures are of; today when absent.")] DateOnly? asOf,
        [FromQuery(Name = "mode"), Description("What the file may do: new brings accounts, refresh brings known ones to its figures, both does both; new when absent.")] string? mode,
        [FromQuery(Name = "start"), Description("Whether the file is loaded at once; true when absent. False stages it.")] bool? start,
        Work work,
        HttpContext http,
        ImportSignal signal,
        CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        await FindPortfolioAsync(work.Db, work.Tenant, id, cancellation);

        var file = http.Features.Get<ReceivedFile>() ?? throw new InvalidOperationException("The file was not received.");
        await work.Db.ExecuteAsync(
            Insert,
            new
            {
                tenant = work.Tenant,
                file.Id,
                portfolio = id,
                format = Words.Of(file.Format),
                asOf = asOf ?? DateOnly.FromDateTime(work.Now.UtcDateTime),
                mode = Words.Of(Upload.ModeOf(mode)),
                state = Words.Of(start == false ? ImportState.Staged : ImportState.Queued),
                file.Compressed,
                file.Sha256,
                file.Bytes,
                now = work.Now,
            },
            cancellation);
        await work.AuditAsync("import.accepted", file.Id);
        file.Keep();
        work.AfterCommit(_ => signal.RaiseAsync());
        return Answer.Accepted($"/v1/imports/{file.Id}", (await Get.ReadAsync(work, file.Id, cancellation))!);
    }
}
