using System.Globalization;
using System.Net;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

/// <summary>A bank makes an agreement, tries an assignment, and submits it.</summary>
[Collection(SharedPortal.Name)]
public sealed class AssignmentPages(PortalService portal)
{
    [Fact]
    public async Task An_assignment_is_tried_with_a_filter_and_submitted_once()
    {
        var bank = new Side(portal.Api.For("harbour"));
        var today = DateOnly.FromDateTime(portal.Clock.GetUtcNow().UtcDateTime);
        var mark = Guid.CreateVersion7().ToString("N")[^8..];
        var portfolio = await bank.Portfolios.CreateAsync(new NewPortfolio { Name = $"Assigned {mark}", Currency = "CNY" });
        await bank.ImportAsync(portfolio.Id, "account_number,debtor_reference,debtor_name,city,principal,oldest_due_date\n" + $"{mark}-1,{mark}-1,One,Hangzhou,100,2025-11-30\n{mark}-2,{mark}-2,Two,Ningbo,200,2025-11-30\n");
        var agreement = await bank.MandateAsync("lantern");

        using var visitor = new Visitor(portal.Address);
        var form = await visitor.SignInAsync("analyst@harbour.example", "/assignments/new");
        (string, string)[] filled =
        [
            ("agreementId", agreement.Id.ToString()), ("portfolioId", portfolio.Id.ToString()), ("termStart", today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("termEnd", today.AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("city", "Hangzhou"),
        ];
        var before = (await bank.Assignments.ListPageAsync(1000)).Items.Count;
        var dryRun = await visitor.SubmitAsync(form, "/assignments/new", "/assignments/new?handler=DryRun", filled);
        Assert.Contains("1 accounts would be assigned, CN¥1.00 in all; 0 would be left out.", dryRun.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"Hangzhou\"", dryRun.Html, StringComparison.Ordinal);
        Assert.Equal(before, (await bank.Assignments.ListPageAsync(1000)).Items.Count);

        var made = await visitor.SubmitAsync(dryRun, "/assignments/new", filled);
        Assert.Contains("The assignment is submitted.", made.Html, StringComparison.Ordinal);
        Assert.Contains("Assignment to Lantern", made.Html, StringComparison.Ordinal);
        Assert.Equal(made.Address, (await visitor.SubmitAsync(dryRun, "/assignments/new", filled)).Address);
        Assert.Equal(before + 1, (await bank.Assignments.ListPageAsync(1000)).Items.Count);
        Assert.Contains(made.Address.AbsolutePath, (await visitor.OpenAsync("/assignments")).Html, StringComparison.Ordinal);

        var refused = await visitor.SubmitAsync(form, "/assignments/new", [.. filled[..3], ("termEnd", today.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), filled[4]]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("value=\"Hangzhou\"", refused.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"#assign-termEnd\"", refused.Html, StringComparison.Ordinal);
        Assert.Matches("<input[^>]*id=\"assign-termEnd\"[^>]*aria-invalid=\"true\"", refused.Html);
        Assert.Equal(1, refused.Html.Split("aria-invalid").Length - 1);
    }

    [Fact]
    public async Task An_agreement_is_made_and_changed_and_terms_that_are_not_shown_stay()
    {
        var bank = new Side(portal.Api.For("harbour"));
        var lantern = await bank.AgencyIdAsync("lantern");
        var agreement = await bank.Agreements.CreateAsync(new NewAgreement
        {
            AgencyId = lantern,
            Title = "Before",
            ValidFrom = new DateOnly(2020, 1, 1),
            Terms = new NewAgreementTerms
            {
                SecondApprovalAbove = Story.Cny(500_000),
                CommissionRates = [new CommissionRate { Cycle = "M3", BasisPoints = 1000, Tiers = [new CommissionTier { Above = Story.Cny(100), BasisPoints = 2000 }] }],
            },
        });

        using var visitor = new Visitor(portal.Address);
        var path = $"/agreements/edit/{agreement.Id}";
        var form = await visitor.SignInAsync("admin@harbour.example", path);
        Assert.Contains("value=\"10\"", form.Html, StringComparison.Ordinal);
        (string, string)[] filled = [("title", "After"), ("validFrom", "2020-01-01"), ("noticeDays", "9"), .. new[] { "", "", "12.5", "", "", "", "30" }.Select(rate => ("rate", rate)), ("channel", "call")];
        var refused = await visitor.SubmitAsync(form, path, [.. filled.Select(field => field == ("rate", "30") ? ("rate", "101") : field)]);
        Assert.Contains("A rate is from 0 to 100", refused.Html, StringComparison.Ordinal);
        Assert.Matches("id=\"agreement-rate-2\"[^>]*value=\"12.5\"", refused.Html);
        Assert.Matches("id=\"agreement-rate-6\"[^>]*value=\"101\"", refused.Html);

        Assert.Contains("The agreement is saved.", (await visitor.SubmitAsync(form, path, filled)).Html, StringComparison.Ordinal);
        var changed = await bank.Agreements.GetAsync(agreement.Id);
        Assert.Equal(("After", 2, 9, 500_000L), (changed.Title, changed.Version, changed.Terms.NoticeDays, changed.Terms.SecondApprovalAbove!.Amount));
        Assert.Equal([("M3", 1250, 1), ("M7+", 3000, 0)], changed.Terms.CommissionRates.Select(rate => (rate.Cycle, rate.BasisPoints, rate.Tiers?.Count ?? 0)));

        // Whoever read the version before is told.
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await visitor.SubmitAsync(form with { Html = form.Html.Replace("name=\"form-key\" value=\"", "name=\"form-key\" value=\"x", StringComparison.Ordinal) }, path, filled)).Status);

        var made = await visitor.SubmitAsync(await visitor.OpenAsync("/agreements/edit"), "/agreements/edit", [("agencyId", lantern.ToString()), .. filled]);
        Assert.Contains("The agreement is saved.", made.Html, StringComparison.Ordinal);
    }
}
