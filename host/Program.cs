using Agency.Host;

return args is ["tenant", .. var words]
    ? await TenantCommand.RunAsync(words, Console.Out, Console.Error)
    : await Service.RunAsync(args, Console.Out);
