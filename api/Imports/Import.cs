using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Imports;

/// <summary>How the rows of a file are written.</summary>
public enum ImportFormat
{
    Csv,
    Ndjson,
}

/// <summary>What an import may do.</summary>
public enum ImportMode
{
    /// <summary>Bring accounts that the bank has not loaded before; known ones are left as they are.</summary>
    New,

    /// <summary>Bring known accounts to the file's figures; unknown ones are refused.</summary>
    Refresh,

    /// <summary>Both.</summary>
    Both,
}

/// <summary>Where an import stands. A failed one says why in <c>failureCode</c>.</summary>
public enum ImportState
{
    /// <summary>It waits to be started. A day after it was sent it is cancelled.</summary>
    Staged,
    Queued,
    Running,
    Completed,
    Failed,

    /// <summary>It was stopped; what had been loaded by then stays.</summary>
    Cancelled,
}

/// <summary>A bank's file of overdue accounts, loaded in the background after it was accepted.</summary>
/// <param name="Id">The import.</param>
/// <param name="PortfolioId">The portfolio the accounts go to.</param>
/// <param name="Format">How the file is written.</param>
/// <param name="AsOf">The day the balances in the file are of.</param>
/// <param name="Mode">What it may do.</param>
/// <param name="State">Where it stands.</param>
/// <param name="FailureCode">Why it failed, such as <c>import.columns_missing</c>, or <c>import.not_started</c> where it was cancelled because nobody started it; absent otherwise.</param>
/// <param name="Bytes">Size of the file as received.</param>
/// <param name="BytesRead">How much of that has been read so far.</param>
/// <param name="Sha256">Digest of the file as received, in hexadecimal.</param>
/// <param name="RowsRead">Rows read so far: accepted, known, refreshed and rejected together.</param>
/// <param name="RowsAccepted">Rows that became accounts.</param>
/// <param name="RowsKnown">Rows whose account an earlier import had brought; nothing was changed.</param>
/// <param name="RowsRefreshed">Rows whose account was brought to their figures, or had them already.</param>
/// <param name="RowsRejected">Rows with errors; the errors say which and why.</param>
/// <param name="CreatedAt">When the file was accepted.</param>
/// <param name="StartedAt">When loading began.</param>
/// <param name="FinishedAt">When it completed, failed or was cancelled.</param>
/// <param name="Links">Where to read on.</param>
public sealed record Import(
    Id Id,
    Id PortfolioId,
    ImportFormat Format,
    DateOnly AsOf,
    ImportMode Mode,
    ImportState State,
    string? FailureCode,
    long Bytes,
    long BytesRead,
    string Sha256,
    long RowsRead,
    long RowsAccepted,
    long RowsKnown,
    long RowsRefreshed,
    long RowsRejected,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    ImportLinks Links);

/// <summary>Where to read on from an import.</summary>
/// <param name="Self">How it goes.</param>
/// <param name="Errors">Its errors, in file order.</param>
/// <param name="RejectedRows">The rows that were not loaded, as a file to mend.</param>
/// <param name="Portfolio">The portfolio it loads.</param>
/// <param name="MissingAccounts">What the file left out of the portfolio, where it refreshes.</param>
/// <param name="Preview">The beginning of the file, while it is staged.</param>
public sealed record ImportLinks(string Self, string Errors, string RejectedRows, string Portfolio, string? MissingAccounts, string? Preview);

/// <summary>What can be wrong with an import as a whole.</summary>
public static class ImportProblems
{
    public static readonly Problem NotFound = new("import.not_found", 404, "There is no such import.", "导入任务不存在。");
    public static readonly Problem IsNoRefresh = new("import.is_no_refresh", 409, "The import brings new accounts alone: it leaves none out.", "该导入仅新增账户，不存在缺失账户。");
    public static readonly Problem IsNotCompleted = new("import.is_not_completed", 409, "The import is not loaded to its end: what it leaves out is not known.", "导入尚未完成，无法得知缺失账户。");
    public static readonly Problem IsQueued = new("import.is_queued", 409, "The import has been started already.", "导入已经开始，正在排队。");
    public static readonly Problem IsRunning = new("import.is_running", 409, "The import is being loaded.", "导入正在进行。");
    public static readonly Problem IsCompleted = new("import.is_completed", 409, "The import is completed.", "导入已经完成。");
    public static readonly Problem IsFailed = new("import.is_failed", 409, "The import has failed.", "导入已经失败。");
    public static readonly Problem IsCancelled = new("import.is_cancelled", 409, "The import has been cancelled.", "导入已经取消。");
    public static readonly Problem FileMissing = new("import.file_is_missing", 409, "The file is not here any more: cancel the import and send it again.", "文件已不存在：请取消该导入并重新上传。");
    public static readonly Problem Unreadable = new("import.file_is_unreadable", 422, "The file can't be read: the detail says why.", "文件无法读取，原因见详细说明。");

    public static Problem Is(ImportState state) => state switch
    {
        ImportState.Queued => IsQueued,
        ImportState.Running => IsRunning,
        ImportState.Completed => IsCompleted,
        ImportState.Failed => IsFailed,
        ImportState.Cancelled => IsCancelled,
        _ => throw new InvalidOperationException($"No state {state}."),
    };
}

/// <summary>What the service allows of imports, from configuration.</summary>
/// <param name="MaxBytes">The largest file taken, as it is sent (<c>Imports:MaxBytes</c>, 1 GiB unless set).</param>
public sealed record ImportSettings(long MaxBytes)
{
    public static ImportSettings From(IConfiguration configuration) => new(configuration.GetValue("Imports:MaxBytes", 1L << 30));
}

internal static class ImportRoutes
{
    public static void AddImports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(ImportSettings.From(configuration));
        services.AddSingleton<Spool>().AddSingleton<ImportSignal>();
        services.AddSingleton<BatchLoader>().AddSingleton<ImportLoader>().AddSingleton<OverdueImports>();
        services.AddHostedService<ImportWorker>();
    }

    public static void Map(RouteGroupBuilder v1)
    {
        var ofPortfolio = v1.MapGroup("/portfolios/{id}/imports").WithTags("Imports");
        Create.Map(ofPortfolio);
        List.Map(ofPortfolio);

        var imports = v1.MapGroup("/imports").WithTags("Imports");
        Get.Map(imports);
        GetPreview.Map(imports);
        Start.Map(imports);
        Cancel.Map(imports);
        ListErrors.Map(imports);
        GetRejectedRows.Map(imports);
        ListMissingAccounts.Map(imports);
    }
}
