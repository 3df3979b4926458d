using System.Globalization;
using System.Text;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Cases;

/// <summary>All cases that the person sees as a file for spreadsheets, written as they are read: as long as it is, it is held by nobody.</summary>
public sealed class ExportModel(AgencyClient agency, IStringLocalizer<Texts> texts) : PageModel
{
    private const int PageSize = 1000;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        // The first page is read before the answer begins: a refusal is still a page.
        await using var cases = agency.Cases.ListAsync(pageSize: PageSize, cancellationToken: cancellation).GetAsyncEnumerator(cancellation);
        var isAny = await cases.MoveNextAsync();
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = "attachment; filename=cases.csv";
        await Response.Body.WriteAsync(Csv.Preamble, cancellation);
        await WriteAsync(Head());
        while (isAny)
        {
            await WriteAsync(Line(cases.Current));
            isAny = await cases.MoveNextAsync();
        }

        return new EmptyResult();

        Task WriteAsync(string line) => Response.WriteAsync(line, Encoding.UTF8, cancellation);
    }

    private string Head() => Csv.Line(new[]
    {
        texts["account.number"], texts["debtor"], texts["debtor.reference"], texts["debtor.id_number"], texts["account.product"], texts["export.currency"],
        texts["balance.principal"], texts["balance.interest"], texts["balance.fees"], texts["balance.total"], texts["overdue"], texts["export.cycle"],
        texts["state"], texts["case.opened"], texts["case.ended"], texts["export.end_reason"],
    }.Select(text => Csv.Cell(text.Value)));

    private string Line(Case one)
    {
        var (account, zone) = (one.Account, one.Account.Debtor.TimeZone);
        return Csv.Line(
            Csv.Number(account.AccountNumber),
            Csv.Cell(account.Debtor.Name),
            Csv.Number(account.Debtor.Reference),
            Csv.Number(account.Debtor.IdNumber ?? ""),
            Csv.Cell(account.Product ?? ""),
            Csv.Cell(account.Balance.Total.Currency),
            Formats.Plain(account.Balance.Principal),
            Formats.Plain(account.Balance.Interest),
            Formats.Plain(account.Balance.Fees),
            Formats.Plain(account.Balance.Total),
            account.DaysPastDue.ToString(CultureInfo.InvariantCulture),
            Csv.Cell(account.Cycle),
            Csv.Cell(texts.Term(one.State)),
            Csv.Cell(Formats.Typed(DateOnly.FromDateTime(Formats.In(one.OpenedAt, zone).DateTime))),
            one.EndedAt is { } ended ? Csv.Cell(Formats.Typed(DateOnly.FromDateTime(Formats.In(ended, zone).DateTime))) : "",
            Csv.Cell(one.EndReason is { } reason ? texts.EndReason(reason) : ""));
    }
}
