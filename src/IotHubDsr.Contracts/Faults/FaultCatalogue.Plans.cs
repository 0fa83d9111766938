namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>A location holds more than was approved.</summary>
    public static FaultDefinition PlanExceeded { get; } =
        new(
            "PlanExceeded",
            FaultCategory.InvalidOperation,
            "{0} holds data about the device that the plan does not show ({1}); it was not touched.",
            "Accept a further plan for the request: Get-IotDataRequest | Remove-IotDeviceData plans again and asks for confirmation."
        );

    /// <summary>A plan file was altered, or is not a plan.</summary>
    public static FaultDefinition InvalidPlan { get; } =
        new(
            "InvalidPlan",
            FaultCategory.InvalidData,
            "'{0}' is not an unaltered erasure plan: {1}",
            "Make a new plan with New-IotErasurePlan and have it approved; an edited plan is never run."
        );

    /// <summary>A plan was made for another hub.</summary>
    public static FaultDefinition PlanForOtherHub { get; } =
        new(
            "PlanForOtherHub",
            FaultCategory.InvalidOperation,
            "The plan was made for the hub '{0}', but the connection is to '{1}'.",
            "Connect to the hub that the plan was made for, or make a new plan."
        );

    /// <summary>The data changed after the plan was made.</summary>
    public static FaultDefinition PlanChanged { get; } =
        new(
            "PlanChanged",
            FaultCategory.InvalidOperation,
            "The data no longer matches the plan; nothing was changed. {1}",
            "Review the differences. Make a new plan and have it approved, or allow small differences in counts with -Tolerance."
        );

    /// <summary>The file to save a plan to already exists or cannot be written.</summary>
    public static FaultDefinition PlanNotSaved { get; } =
        new(
            "PlanNotSaved",
            FaultCategory.WriteError,
            "Could not save the plan to '{0}': {1}",
            "Pass a -Path that does not exist, in a writable folder."
        );

    /// <summary>A plan that requires approval was not saved to a file.</summary>
    public static FaultDefinition PlanNotInFile { get; } =
        new(
            "PlanNotInFile",
            FaultCategory.InvalidArgument,
            "The plan '{0}' is not in a file, and only plan files can be approved.",
            "Save the plan with New-IotErasurePlan -Path and have the file approved with Approve-IotErasurePlan."
        );

    /// <summary>A plan that requires approval has none.</summary>
    public static FaultDefinition ApprovalMissing { get; } =
        new(
            "ApprovalMissing",
            FaultCategory.PermissionDenied,
            "The plan '{0}' is not approved: {1}",
            "Have another person read the plan and sign it with Approve-IotErasurePlan; if the signature is not beside the plan, give its "
                + "path with -SignaturePath."
        );

    /// <summary>No approvers are named.</summary>
    public static FaultDefinition ApproversNotNamed { get; } =
        new(
            "ApproversNotNamed",
            FaultCategory.InvalidArgument,
            "No approvers are named for the plan '{0}'. A certificate is not an approver's merely because this machine trusts its issuer.",
            "Pass the certificates of those who may approve, or of a root authority that issues to them alone, with -ApproverCertificate."
        );

    /// <summary>The approval of a plan is invalid.</summary>
    public static FaultDefinition ApprovalInvalid { get; } =
        new(
            "ApprovalInvalid",
            FaultCategory.PermissionDenied,
            "The approval of the plan '{0}' is invalid: {1}",
            "Nothing was done. Find out whether the plan or its signature was changed; pass the certificates of those who may approve "
                + "with -ApproverCertificate."
        );

    /// <summary>The person running a plan also approved it.</summary>
    public static FaultDefinition ApprovalBySelf { get; } =
        new(
            "ApprovalBySelf",
            FaultCategory.PermissionDenied,
            "The plan '{0}' was approved by the person running it: {1}.",
            "Have someone else approve the plan, or run it."
        );

    /// <summary>An X.509 certificate is unsuitable for what it was passed for.</summary>
    public static FaultDefinition CertificateUnusable { get; } =
        new(
            "CertificateUnusable",
            FaultCategory.InvalidArgument,
            "Cannot use the certificate '{0}': {1}.",
            "Pass a .pfx or .pem file (with -CertificatePassword if it has one), a thumbprint or a path such as "
                + "Cert:\\CurrentUser\\My\\<thumbprint>. Signing requires a certificate that is valid now, with its private key: RSA of "
                + "at least 2048 bits, P-256, P-384 or P-521."
        );
}
