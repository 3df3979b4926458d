using System.Globalization;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Imports;

/// <summary>A bank has looked at a staged file, said what its columns are, and has it loaded.</summary>
internal static class Start
{
    private static readonly Sql Lock = new("SELECT format, compressed, state FROM import WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Update = new("UPDATE import SET state = 'queued', mapping_cipher = @mapping WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder imports) => imports.MapPost("/{id}/start", HandleAsync)
        .Describe("Imports_Start", Scopes.PortfoliosWrite, "Start a staged import", "Has a file loaded that was sent with `start=false`. `columns` says what the file's headers are, where they are not the columns' own names, and which are left out. A header that is neither chosen nor one of ours, a column that two headers are, and a required column that none is are refused, and the import stays staged. Rows with errors do not end it.")
        .Returns<Import>(StatusCodes.Status202Accepted)
        .Refuses(
            HttpProblems.WrongTenantKind, ImportProblems.IsQueued, ImportProblems.IsRunning, ImportProblems.IsCompleted, ImportProblems.IsFailed, ImportProblems.IsCancelled,
            ImportProblems.FileMissing, ImportProblems.Unreadable)
        .On(Get.ReadAsync, ImportProblems.NotFound);

    private static async Task<Answer<Import>> HandleAsync(Id id, ImportStart start, Work work, Spool spool, ImportSignal signal, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var staged = await work.Db.FindAsync<Row>(Lock, new { tenant = work.Tenant, id }, cancellation) ?? throw ImportProblems.NotFound.Refuse();
        if (Words.Read<ImportState>(staged.State) is var state && state != ImportState.Staged)
        {
            throw ImportProblems.Is(state).Refuse();
        }

        var map = Completed(new ColumnMap(start.Columns ?? []), staged, StagedFile.Read(spool, work.Tenant, id, Words.Read<ImportFormat>(staged.Format), staged.Compressed, rows: 1));
        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, mapping = map.Encrypt(work.PrivateFields, work.Tenant, id) }, cancellation);
        await work.AuditAsync("import.started", id);
        work.AfterCommit(_ => signal.RaiseAsync());
        return Answer.Accepted($"/v1/imports/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    // Every header of a CSV file with what it is, in their order there: so the file of its rejected rows is written. A JSON object has the
    // members it has: each row is told by itself.
    private static ColumnMap Completed(ColumnMap map, Row staged, StagedFile file)
    {
        if (Words.Read<ImportFormat>(staged.Format) == ImportFormat.Ndjson)
        {
            return map;
        }

        try
        {
            var columns = map.ColumnsOf(file.Headers);
            return map.Choices.Count == 0 ? map : new ColumnMap([.. file.Headers.Zip(columns, (header, column) => new ColumnChoice(header, column?.Word)).DistinctBy(choice => choice.Header, StringComparer.Ordinal)]);
        }
        catch (ImportFailure failure)
        {
            throw HttpProblems.Invalid.Refuse([.. failure.Faults.Select(fault => new FieldError(
                "/columns", fault.Code, $"{Fault.MessageOf(fault.Code, CultureInfo.CurrentUICulture)} ({fault.Column ?? fault.Value ?? "…"})"))]);
        }
    }

    private sealed record Row(string Format, bool Compressed, string State);
}

/// <summary>How a staged file is to be read.</summary>
/// <param name="Columns">What its headers are: at most 1,000, each header once and no column twice. Headers that are columns' own names need not be told.</param>
public sealed record ImportStart(IReadOnlyList<ColumnChoice>? Columns = null)
{
    private sealed class Rules : AbstractValidator<ImportStart>
    {
        public Rules()
        {
            RuleFor(s => s.Columns).Must(columns => columns is null || columns.Count <= 1000).WithErrorCode("columns.too_many");
            RuleFor(s => s.Columns).Must(columns => columns is null || columns.Select(choice => choice?.Header?.Trim()).Distinct(StringComparer.Ordinal).Count() == columns.Count)
                .WithErrorCode("header.repeated");
            RuleFor(s => s.Columns).Must(columns => columns is null || columns.Select(choice => choice?.Column).OfType<ImportColumn>() is var chosen && chosen.Distinct().Count() == chosen.Count())
                .WithErrorCode(Fault.ColumnRepeated);
            RuleForEach(s => s.Columns).ChildRules(choice => choice.RuleFor(c => c.Header).NotNull().MaximumLength(RowReader.MaxFieldLength));
        }
    }
}
