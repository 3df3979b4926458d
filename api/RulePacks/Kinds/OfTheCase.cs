namespace Agency.Api.RulePacks.Kinds;

/// <summary>A contact point whose holder opted out is not used, whatever the channel.</summary>
internal sealed record OptOut : RuleKind
{
    public override Breach? Judge(ContactFacts contact) => contact.IsOptedOut ? new Breach() : null;
}

/// <summary>Nothing new is begun once the bank has given notice of recall.</summary>
internal sealed record RecallPending : RuleKind
{
    public override Breach? Judge(ContactFacts contact) => contact.IsRecallPending ? new Breach() : null;
}

/// <summary>Nobody is contacted while a hold stands.</summary>
internal sealed record Hold : RuleKind
{
    public override Breach? Judge(ContactFacts contact) => contact.IsHeld ? new Breach() : null;
}

/// <summary>Only the channels that the agreement allows.</summary>
internal sealed record AgreedChannels : RuleKind
{
    public override Breach? Judge(ContactFacts contact) => contact.AgreedChannels is { } agreed && !agreed.Contains(contact.Channel) ? new Breach() : null;
}
