using Agency.Portal.Http;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Assignments;

/// <summary>One assignment: how much it is, whether the agency takes it, and whether it may keep what it has beyond the term.</summary>
public sealed class GetReceivedModel(AgencyClient agency, TimeProvider clock) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Assignment Assignment { get; private set; } = new();

    /// <summary>What the agreement is called.</summary>
    public string? Agreement { get; private set; }

    /// <summary>What was asked and answered about keeping its cases longer, the latest first.</summary>
    public IReadOnlyList<AssignmentRetention> Retentions { get; private set; } = [];

    /// <summary>Why it is rejected, as typed.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public DateOnly? TermEnd { get; set; }

    [BindProperty]
    public string? KeepReason { get; set; }

    /// <summary>Whether the person may answer for the agency.</summary>
    public bool Answers => User.Is("supervisor", "manager") && Assignment.State == AssignmentState.Submitted;

    /// <summary>Whether the person may ask to keep the cases.</summary>
    public bool MayKeep => User.Is("supervisor", "manager") && Assignment.State == AssignmentState.Active;

    /// <summary>The first day that can be asked for: after the term's end and today.</summary>
    public DateOnly Earliest
    {
        get
        {
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            return (Assignment.TermEnd > today ? Assignment.TermEnd : today).AddDays(1);
        }
    }

    public async Task OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation);

    public async Task<IActionResult> OnPostAcknowledgeAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Assignments.AcknowledgeAsync(Id, options, cancellation)), "received.acknowledged_now", cancellation);

    public async Task<IActionResult> OnPostRejectAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Assignments.RejectAsync(Id, new RejectionReason { Reason = Reason ?? "" }, options, cancellation)), "received.rejected_now", cancellation);

    public async Task<IActionResult> OnPostKeepAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Assignments.RequestRetentionAsync(
            Id, new NewAssignmentRetention { TermEnd = TermEnd ?? default, Reason = KeepReason ?? "" }, options, cancellation)),
        "received.retention_requested_now",
        cancellation);

    private async Task LoadAsync(CancellationToken cancellation)
    {
        Assignment = await agency.Assignments.GetAsync(Id, cancellationToken: cancellation);
        Agreement = (await agency.Agreements.GetAsync(Assignment.AgreementId, cancellationToken: cancellation)).Title;
        var retentions = await agency.Assignments.ListRetentionsAsync(Id, cancellationToken: cancellation).ToListAsync(cancellation);
        Retentions = [.. retentions.OrderByDescending(retention => retention.MadeAt)];
    }

    private async Task<IActionResult> AfterAsync(bool isDone, string told, CancellationToken cancellation)
    {
        if (isDone)
        {
            Tell(told);
            return RedirectToPage(new { Id });
        }

        await LoadAsync(cancellation);
        return Page();
    }
}
