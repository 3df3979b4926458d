using Agency.Portal.Http;
using Agency.Sdk;

namespace Agency.Portal.Pages.Assignments;

/// <summary>One assignment: what it is, and where it stands.</summary>
public sealed class GetModel(AgencyClient agency) : FormPage
{
    public Assignment Assignment { get; private set; } = null!;

    public string AgencyName { get; private set; } = "";

    public string AgreementTitle { get; private set; } = "";

    public async Task OnGetAsync(Guid id, CancellationToken cancellation)
    {
        Assignment = await agency.Assignments.GetAsync(id, cancellationToken: cancellation);
        AgencyName = (await agency.Agencies.GetAsync(Assignment.AgencyId, cancellationToken: cancellation)).Name;
        AgreementTitle = (await agency.Agreements.GetAsync(Assignment.AgreementId, cancellationToken: cancellation)).Title;
    }
}
