using System.Globalization;
using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Agreements;

/// <summary>A bank makes an agreement with an agency, or the next version of one. Terms that the form does not show stay as they are.</summary>
public sealed class EditModel(AgencyClient agency, TimeProvider clock, IStringLocalizer<Texts> texts) : FormPage
{
    public static IReadOnlyList<string> Cycles { get; } = ["M1", "M2", "M3", "M4", "M5", "M6", "M7+"];

    public IReadOnlyList<AgencyProfile> Agencies { get; private set; } = [];

    /// <summary>What there is; null for a new one.</summary>
    public Agreement? Agreement { get; private set; }

    [BindProperty]
    public Guid AgencyId { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public DateOnly? ValidFrom { get; set; }

    [BindProperty]
    public DateOnly? ValidTo { get; set; }

    [BindProperty]
    public int? NoticeDays { get; set; }

    [BindProperty]
    public int? LateReportDays { get; set; }

    [BindProperty]
    public int? MaxInstalments { get; set; }

    [BindProperty]
    public List<string> Channel { get; set; } = [];

    /// <summary>The percentage of each cycle, in their order.</summary>
    [BindProperty]
    public List<string?> Rate { get; set; } = [];

    /// <summary>The version that was read, which must still stand when it is changed.</summary>
    [BindProperty]
    public string? Version { get; set; }

    public async Task OnGetAsync(Guid? id, CancellationToken cancellation)
    {
        await ReadAsync(id, cancellation);
        if (Agreement is null)
        {
            ValidFrom = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            return;
        }

        var terms = Agreement.Terms;
        (Title, ValidFrom, ValidTo, Version) = (Agreement.Title, Agreement.ValidFrom, Agreement.ValidTo, Agreement.ETag?.Value);
        (NoticeDays, LateReportDays, MaxInstalments) = (terms.NoticeDays, terms.LateReportDays, terms.MaxInstalments);
        Channel = [.. terms.AllowedChannels.Select(channel => channel.Value)];
        Rate = [.. Cycles.Select(cycle => terms.CommissionRates.FirstOrDefault(rate => rate.Cycle == cycle) is { } rate ? (rate.BasisPoints / 100m).ToString("0.##", CultureInfo.InvariantCulture) : null)];
    }

    public async Task<IActionResult> OnPostAsync(Guid? id, CancellationToken cancellation)
    {
        await ReadAsync(id, cancellation);
        if (Terms() is not { } terms)
        {
            Refuse(Refusal.Of("rate-0", texts["agreement.rates.wrong"]));
            return Page();
        }

        var done = Agreement is null
            ? await TryAsync(options => agency.Agreements.CreateAsync(new NewAgreement { AgencyId = AgencyId, Title = Title ?? "", ValidFrom = ValidFrom ?? default, ValidTo = ValidTo, Terms = terms }, options, cancellation))
            : await TryAsync(options => agency.Agreements.ChangeAsync(
                Agreement.Id, Seen, new AgreementChange { Title = Title ?? "", ValidFrom = ValidFrom ?? default, ValidTo = ValidTo, Terms = terms }, options, cancellation));
        if (!done)
        {
            return Page();
        }

        Tell("agreement.saved");
        return RedirectToPage("/Agreements/List");
    }

    private async Task ReadAsync(Guid? id, CancellationToken cancellation)
    {
        Agreement = id is { } known ? await agency.Agreements.GetAsync(known, cancellationToken: cancellation) : null;
        Agencies = (await agency.Agencies.ListPageAsync(1000, cancellationToken: cancellation)).Items;
    }

    // Null where a rate can't be read.
    private NewAgreementTerms? Terms()
    {
        var before = Agreement?.Terms;
        var rates = new List<CommissionRate>();
        foreach (var (cycle, text) in Cycles.Zip(Rate).Where(pair => !string.IsNullOrWhiteSpace(pair.Second)))
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > 100 || percent * 100 != decimal.Truncate(percent * 100))
            {
                return null;
            }

            rates.Add(new CommissionRate { Cycle = cycle, BasisPoints = (int)(percent * 100), Tiers = before?.CommissionRates.FirstOrDefault(rate => rate.Cycle == cycle)?.Tiers });
        }

        return new NewAgreementTerms
        {
            RulePack = before?.RulePack,
            NoticeDays = NoticeDays,
            LateReportDays = LateReportDays,
            PromiseGraceDays = before?.PromiseGraceDays,
            AllowedChannels = Channel.Count > 0 ? [.. Channel.Select(channel => new Channel(channel))] : null,
            RepaymentChannels = before?.RepaymentChannels,
            CommissionRates = rates,
            CommissionCaps = before?.CommissionCaps,
            DiscountLimits = before?.DiscountLimits,
            MaxInstalments = MaxInstalments,
            LeastAmount = before?.LeastAmount,
            InstalmentGraceDays = before?.InstalmentGraceDays,
            SecondApprovalAbove = before?.SecondApprovalAbove,
            AllocationOrder = before?.AllocationOrder,
            Attribution = before?.Attribution,
        };
    }
}
