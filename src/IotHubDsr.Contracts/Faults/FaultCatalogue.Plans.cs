namespace IotHubDsr;

public static partial class FaultCatalogue
{
    /// <summary>More is there than was accepted.</summary>
    public static FaultDefinition PlanExceeded { get; } =
        new(
            "PlanExceeded",
            FaultCategory.InvalidOperation,
            "{0} holds data of the device that the plan does not show ({1}); it was not touched.",
            "Accept a further plan for the request: Get-IotDataRequest | Remove-IotDeviceData plans again and asks."
        );

    /// <summary>A plan file is not what was saved.</summary>
    public static FaultDefinition InvalidPlan { get; } =
        new(
            "InvalidPlan",
            FaultCategory.InvalidData,
            "'{0}' is not an erasure plan as it was saved: {1}",
            "Make a new plan with New-IotErasurePlan and have it approved; a plan that was edited is never run."
        );

    /// <summary>A plan was made for another hub.</summary>
    public static FaultDefinition PlanForOtherHub { get; } =
        new(
            "PlanForOtherHub",
            FaultCategory.InvalidOperation,
            "The plan was made for the hub '{0}', and the connection is to '{1}'.",
            "Connect to the hub that the plan was made for, or make a new plan."
        );

    /// <summary>The world moved since the plan was made.</summary>
    public static FaultDefinition PlanChanged { get; } =
        new(
            "PlanChanged",
            FaultCategory.InvalidOperation,
            "What the plan expects is not what is there now; nothing was changed. {1}",
            "Look at the differences. Make a new plan and have it approved, or allow for small differences in counts with -Tolerance."
        );

    /// <summary>The file to save a plan to is taken or cannot be written.</summary>
    public static FaultDefinition PlanNotSaved { get; } =
        new(
            "PlanNotSaved",
            FaultCategory.WriteError,
            "The plan could not be saved to '{0}': {1}",
            "Pass a -Path that does not exist, in a folder that can be written to."
        );

    /// <summary>A plan that has to be in a file is not.</summary>
    public static FaultDefinition PlanNotInFile { get; } =
        new(
            "PlanNotInFile",
            FaultCategory.InvalidArgument,
            "The plan '{0}' is not in a file, and only a file is approved.",
            "Save the plan with New-IotErasurePlan -Path and have the file approved with Approve-IotErasurePlan."
        );

    /// <summary>A plan that has to be approved is not.</summary>
    public static FaultDefinition ApprovalMissing { get; } =
        new(
            "ApprovalMissing",
            FaultCategory.PermissionDenied,
            "Nobody has approved the plan '{0}': {1}",
            "Have somebody else read the plan and sign it with Approve-IotErasurePlan; name the signature with -SignaturePath when it is "
                + "not beside the plan."
        );

    /// <summary>Nobody is named who may approve.</summary>
    public static FaultDefinition ApproversNotNamed { get; } =
        new(
            "ApproversNotNamed",
            FaultCategory.InvalidArgument,
            "Nobody is named who may approve the plan '{0}'. A certificate is not an approver's because this machine trusts its authority.",
            "Pass the certificates of those who may approve, or of the root authority that issues them and nobody else, with "
                + "-ApproverCertificate."
        );

    /// <summary>The signature of a plan does not count.</summary>
    public static FaultDefinition ApprovalInvalid { get; } =
        new(
            "ApprovalInvalid",
            FaultCategory.PermissionDenied,
            "The approval of the plan '{0}' does not count: {1}",
            "Nothing was done. Find out whether the plan or its signature was changed; pass the certificates of those who may approve "
                + "with -ApproverCertificate."
        );

    /// <summary>Who runs a plan has approved it.</summary>
    public static FaultDefinition ApprovalBySelf { get; } =
        new(
            "ApprovalBySelf",
            FaultCategory.PermissionDenied,
            "The plan '{0}' was approved by the person running it: {1}.",
            "Have somebody else approve the plan, or run it."
        );

    /// <summary>A certificate cannot be used for what it was passed for.</summary>
    public static FaultDefinition CertificateUnusable { get; } =
        new(
            "CertificateUnusable",
            FaultCategory.InvalidArgument,
            "The certificate '{0}' cannot be used: {1}.",
            "Pass a .pfx or .pem file (with -CertificatePassword if it has one), a thumbprint or a path such as "
                + "Cert:\\CurrentUser\\My\\<thumbprint>. To sign it takes the private key, RSA of 2048 bits or more or P-256, P-384 or "
                + "P-521, and a certificate that is valid now."
        );
}
