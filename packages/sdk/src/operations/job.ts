import { graphql } from "../generated/gql.ts";

/** What changes while a job runs: also what a project event carries. */
export const jobFieldsFragment = graphql(/* GraphQL */ `
  fragment JobFields on Job {
    id
    number
    kind
    state
    attempt
    maxAttempts
    title
    revision
    device
    errorCode
    errorMessage
    createdAt
    startedAt
    finishedAt
    progress {
      phase
      done
      total
      unit
      etaMs
      figures {
        name
        value
      }
    }
  }
`);

/** Where the results of a job are to be found. */
export const jobLinksFragment = graphql(/* GraphQL */ `
  fragment JobLinks on Job {
    datasetVersion {
      id
      number
      dataset {
        id
        slug
        name
      }
    }
    modelVersion {
      id
      number
      model {
        id
        slug
        name
      }
    }
    scoringRun {
      id
      number
      state
    }
    modelExport {
      ...ModelExportFields
      modelVersion {
        id
        number
        model {
          id
          slug
          name
        }
      }
    }
  }
`);

export const importReportFragment = graphql(/* GraphQL */ `
  fragment ImportReportFields on ImportReport {
    layout
    clips {
      name
      split
      kind
      frameCount
      width
      height
      frameRate
      isVariableFrameRate
      hasLabels
      hasMasks
      maskedFrames
      abnormalFrames
      quarantineReason
    }
    unmatched
    warnings
    totalBytes
  }
`);

/** Figures of each epoch, whether the training is over or not. */
export const trainingEpochsFragment = graphql(/* GraphQL */ `
  fragment TrainingEpochFields on TrainingEpochs {
    epoch
    loss
    pixelLoss
    compactness
    separateness
    featureLoss
    distinctLoss
    entropy
    learningRate
    seconds
    inputWaitSeconds
    validationAuroc
    calibrationLoss
    memory {
      items
      shares
      deadItems
      entropy
    }
  }
`);

export const jobsQuery = graphql(/* GraphQL */ `
  query Jobs($project: String, $first: Int!, $after: String, $kind: JobKind) {
    project(slug: $project) {
      id
      jobs(first: $first, after: $after, kind: $kind) {
        nodes {
          ...JobFields
          ...JobLinks
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const jobQuery = graphql(/* GraphQL */ `
  query Job($project: String, $number: Int!) {
    project(slug: $project) {
      id
      job(number: $number) {
        ...JobFields
        ...JobLinks
        events {
          id
          fromState
          toState
          attempt
          message
          at
        }
        importReport {
          ...ImportReportFields
        }
        training {
          ...TrainingEpochFields
        }
        modelVersion {
          hyperparameters
          metrics {
            steps
            millisecondsPerStep
            device
            parameterCount
            modelEpoch
            best {
              monitor
              epoch
              value
            }
            earlyStop {
              epoch
              reason
            }
            ...TrainingEpochFields
          }
          calibration {
            source
            frameCount
            maskThreshold
          }
          importedFrom {
            fileName
            sha256
            sizeBytes
          }
        }
        modelExport {
          parity {
            frames
            tolerance
            differences {
              output
              largest
            }
          }
        }
        scoreResult {
          scoredFrames
          flaggedFrames
          memoryUpdates
          millisecondsPerFrame
        }
      }
    }
  }
`);

export const createIngestJobMutation = graphql(/* GraphQL */ `
  mutation CreateIngestJob($input: CreateIngestJobInput!) {
    createIngestJob(input: $input) {
      job {
        ...JobFields
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const createTrainJobMutation = graphql(/* GraphQL */ `
  mutation CreateTrainJob($input: CreateTrainJobInput!) {
    createTrainJob(input: $input) {
      job {
        ...JobFields
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const createScoreJobMutation = graphql(/* GraphQL */ `
  mutation CreateScoreJob($input: CreateScoreJobInput!) {
    createScoreJob(input: $input) {
      job {
        ...JobFields
        scoringRun {
          id
          number
          state
        }
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const createEvaluateJobMutation = graphql(/* GraphQL */ `
  mutation CreateEvaluateJob($input: CreateEvaluateJobInput!) {
    createEvaluateJob(input: $input) {
      job {
        ...JobFields
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const cancelJobMutation = graphql(/* GraphQL */ `
  mutation CancelJob($input: CancelJobInput!) {
    cancelJob(input: $input) {
      job {
        ...JobFields
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const projectEventsSubscription = graphql(/* GraphQL */ `
  subscription ProjectEvents($projectId: ID!, $after: String) {
    projectEvents(projectId: $projectId, after: $after) {
      cursor
      job {
        ...JobFields
      }
    }
  }
`);
