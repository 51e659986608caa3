/** The maps of an executor that still have items to hand over. */
export class ActiveMaps {
  handOver(_cancel: boolean): void {}
}
