using Agency.Host;

return args switch
{
    ["tenant", .. var words] => await TenantCommand.RunAsync(words, Console.Out, Console.Error),
    ["keys", .. var words] => await KeysCommand.RunAsync(words, Console.Out, Console.Error),
    ["verify-audit", .. var words] => await VerifyAuditCommand.RunAsync(words, Console.Out, Console.Error),
    _ => await Service.RunAsync(args, Console.Out),
};
