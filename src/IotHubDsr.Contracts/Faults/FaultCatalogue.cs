namespace IotHubDsr;

/// <summary>Every failure that the module reports, with its ID, category, message and recommended action. IDs never change.</summary>
public static partial class FaultCatalogue
{
    /// <summary>The runtime that the sandbox needs is missing.</summary>
    public static FaultDefinition SandboxRuntimeMissing { get; } =
        new(
            "SandboxRuntimeMissing",
            FaultCategory.NotInstalled,
            "The sandbox needs the ASP.NET Core runtime 10.0 or later: {1}.",
            "Install the ASP.NET Core runtime (or the .NET SDK) 10.0 and check that 'dotnet --list-runtimes' shows "
                + "Microsoft.AspNetCore.App 10.0."
        );

    /// <summary>The sandbox did not start.</summary>
    public static FaultDefinition SandboxFailed { get; } =
        new(
            "SandboxFailed",
            FaultCategory.ResourceUnavailable,
            "The sandbox did not start: {1}",
            "Check the port and the installation of the module; run 'dotnet {0}' by hand to see its output."
        );

    /// <summary>The process is not a sandbox of this session.</summary>
    public static FaultDefinition SandboxNotFound { get; } =
        new(
            "SandboxNotFound",
            FaultCategory.ObjectNotFound,
            "No sandbox with process ID {0} was started in this session.",
            "Pass the object that Start-IotHubSandbox returned; a sandbox ends with the session that started it."
        );

    /// <summary>A job cannot ask for confirmation.</summary>
    public static FaultDefinition JobCannotAsk { get; } =
        new(
            "JobCannotAsk",
            FaultCategory.InvalidOperation,
            "{0} asks for confirmation before it erases, which a job cannot do. Nothing was started.",
            "Preview the erasure with -WhatIf, then run the job with -Force; or run the command without -AsJob."
        );

    /// <summary>An unexpected failure.</summary>
    public static FaultDefinition Unforeseen { get; } =
        new(
            "Unforeseen",
            FaultCategory.InvalidOperation,
            "{0}: an unexpected failure ({1}).",
            "Set $DebugPreference = 'Continue', run the command again with -Verbose and report what it prints; nothing is certified for "
                + "this location."
        );
}
