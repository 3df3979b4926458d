using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Mandates change, and what runs keeps the version it began under.</content>
internal sealed partial class YearModel
{
    public string? ChangeAgreement(AgreementModel agreement, TermsModel terms, bool isStale)
    {
        if (isStale)
        {
            return "precondition.failed";
        }

        if (terms != agreement.Terms)
        {
            (agreement.Terms, agreement.Version) = (terms, agreement.Version + 1);
            Tell("agreement.changed", agreement, agreement.Agency);
        }

        return null;
    }
}

/// <summary>An agency, its people and its teams.</summary>
internal sealed class AgencyModel(string code)
{
    public string Code { get; } = code;

    public AgreementModel Agreement { get; set; } = null!;

    public List<TeamModel> Teams { get; } = [];

    public List<PersonModel> People { get; } = [];
}

/// <summary>A mandate in its latest version.</summary>
internal sealed class AgreementModel(AgencyModel agency, TermsModel terms) : Thing
{
    public AgencyModel Agency { get; } = agency;

    public TermsModel Terms { get; set; } = terms;

    public int Version { get; set; } = 1;
}

/// <summary>What was agreed on, as far as the year depends on it. Only calls and text messages are ever left out of the channels.</summary>
internal sealed record TermsModel(RulePackCode Pack, int NoticeDays, int LateReportDays, bool AllowsSms, DateOnly? ValidTo)
{
    public bool Allows(Channel channel) => AllowsSms || channel != Channel.Sms;
}
