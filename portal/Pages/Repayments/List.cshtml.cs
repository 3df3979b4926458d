using System.Globalization;
using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Repayments;

/// <summary>
/// Reported money that waits for the bank: tick what came in, look at the totals, confirm. What is confirmed is the amount that was looked
/// at; each that is refused says why and holds up no other.
/// </summary>
public sealed class ListModel(AgencyClient agency, IStringLocalizer<Texts> texts) : FormPage
{
    private const int PageSize = 200;

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<Repayment> Items { get; private set; } = [];

    public string? Next { get; private set; }

    /// <summary>What was ticked, to be looked at once more; empty before.</summary>
    public IReadOnlyList<Ticked> Chosen { get; private set; } = [];

    /// <summary>What was not confirmed, and why.</summary>
    public IReadOnlyList<(Ticked Item, string Why)> Refused { get; private set; } = [];

    /// <summary>How many were.</summary>
    public int Confirmed { get; private set; }

    public bool Confirms => User.Is("analyst");

    public Task OnGetAsync(CancellationToken cancellation) => LoadAsync(cancellation);

    /// <summary>Shows the totals of what was ticked; nothing is written yet.</summary>
    public async Task<IActionResult> OnPostReviewAsync(List<string> items, CancellationToken cancellation)
    {
        Chosen = Read(items);
        if (Chosen.Count == 0)
        {
            Refuse(Refusal.Of("items", texts["repayments.needs_choice"]));
        }

        await LoadAsync(cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostConfirmAsync(List<string> items, bool acceptOverpayment, CancellationToken cancellation)
    {
        List<(Ticked, string)> refused = [];
        foreach (var batch in Read(items).GroupBy(item => item.Amount.Currency, StringComparer.Ordinal))
        {
            if (!await TryAsync(batch.Key, async options => refused.AddRange(await ConfirmAsync([.. batch], acceptOverpayment, options, cancellation))))
            {
                break;
            }
        }

        if (Refusal is null && refused.Count == 0)
        {
            Tell("repayments.confirmed_now");
            return RedirectToPage();
        }

        Refused = refused;
        Cursor = null;
        await LoadAsync(cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostRejectAsync(Guid repayment, string? reason, CancellationToken cancellation)
    {
        if (await TryAsync(options => agency.Repayments.RejectAsync(repayment, new RejectionReason { Reason = reason ?? "" }, options, cancellation)))
        {
            Tell("repayments.rejected_now");
            return RedirectToPage(new { Cursor });
        }

        await LoadAsync(cancellation);
        return Page();
    }

    /// <summary>The sums of some repayments, a currency each.</summary>
    public static IEnumerable<Money> Totals(IEnumerable<Money> amounts) => amounts.GroupBy(amount => amount.Currency, StringComparer.Ordinal)
        .Select(currency => new Money { Amount = currency.Sum(amount => amount.Amount), Currency = currency.Key });

    private async Task<IEnumerable<(Ticked Item, string Why)>> ConfirmAsync(List<Ticked> batch, bool acceptOverpayment, CallOptions options, CancellationToken cancellation)
    {
        var result = await agency.Repayments.ConfirmBatchAsync(
            new RepaymentBatch
            {
                Count = batch.Count,
                Total = Totals(batch.Select(item => item.Amount)).Single(),
                Items = [.. batch.Select(item => new RepaymentBatchItem { RepaymentId = item.Id, Amount = item.Amount, AcceptOverpayment = acceptOverpayment })],
            },
            options,
            cancellation);
        Confirmed += result.Items.Count(answer => answer.Problem is null);
        return result.Items.Where(answer => answer.Problem is not null).Select(answer => (batch[answer.Index], answer.Problem!.Title));
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var page = await agency.Repayments.ListPageAsync(PageSize, Cursor, waiting: true, cancellationToken: cancellation);
        (Items, Next) = (page.Items, page.Next);
    }

    // What cannot be read was not written by this page.
    private static List<Ticked> Read(IEnumerable<string> items) => [.. items.Select(Ticked.Read).OfType<Ticked>().DistinctBy(item => item.Id)];
}

/// <summary>A repayment as it was looked at when it was ticked.</summary>
public sealed record Ticked(Guid Id, string AccountNumber, Money Amount)
{
    /// <summary>As the form carries it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}|{Amount.Amount}|{Amount.Currency}|{AccountNumber}");

    public static Ticked Of(Repayment repayment) => new(repayment.Id, repayment.AccountNumber ?? "", repayment.Amount);

    public static Ticked? Read(string written) =>
        written.Split('|', 4) is [var id, var amount, { Length: 3 } currency, var number]
        && Guid.TryParse(id, out var parsed) && long.TryParse(amount, CultureInfo.InvariantCulture, out var minor)
            ? new(parsed, number, new Money { Amount = minor, Currency = currency })
            : null;
}
