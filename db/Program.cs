using Agency.Db;

return MigratorCommand.Run(args, Console.Out, Console.Error);
